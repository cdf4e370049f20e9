"""Reads and writes problems and solutions as JSON; tells where a file is wrong, never guesses."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from matching.problem import (
    PARTS,
    PROBLEM_FORMAT,
    SOLUTION_FORMAT,
    Continuing,
    Fault,
    FileFaultsError,
    GivenPair,
    Grid,
    Help,
    Level,
    Link,
    Mentee,
    Mentor,
    Pair,
    Problem,
    Side,
    Solution,
    Unmatched,
    Weights,
)
from matching.validity import faults as problem_faults

#: Reads a JSON value at a path. What is wrong goes on the list, and a stand-in of the right
#: type comes back, so that one mistake does not hide the next.
Reader = Callable[[Any, str, list[Fault]], Any]
#: Where a fault leaves it open which people there are.
_NAMELESS = re.compile(r"\$\.(mentees|mentors)(\[\d+\](\.id)?)?")
_KINDS = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    type(None): "null",
}


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys were given more than once."""

    repeated: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    made = _Object(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        made.repeated = tuple(sorted({key for key in keys if keys.count(key) > 1}))
    return made


def _wrong(value: Any, path: str, faults: list[Fault], wanted: str) -> None:
    kind = "not a number" if value != value else _KINDS.get(type(value), _KINDS[dict])
    faults.append(Fault(path, f"is {kind}: give {wanted}"))


def _text(value: Any, path: str, faults: list[Fault]) -> str:
    if isinstance(value, str):
        return value
    _wrong(value, path, faults, "a text")
    return ""


def _whole(value: Any, path: str, faults: list[Fault]) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    _wrong(value, path, faults, "a whole number")
    return 0


def _number(value: Any, path: str, faults: list[Fault]) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value == value:
        return value
    _wrong(value, path, faults, "a number")
    return 0.0


def _flag(value: Any, path: str, faults: list[Fault]) -> bool:
    if isinstance(value, bool):
        return value
    _wrong(value, path, faults, "true or false")
    return False


def _or_null(read: Reader) -> Reader:
    return lambda value, path, faults: None if value is None else read(value, path, faults)


def _list(read: Reader) -> Reader:
    def read_list(value: Any, path: str, faults: list[Fault]) -> tuple[Any, ...]:
        if isinstance(value, list):
            return tuple(read(item, f"{path}[{i}]", faults) for i, item in enumerate(value))
        _wrong(value, path, faults, "a list")
        return ()

    return read_list


def _map(read: Reader) -> Reader:
    def read_map(value: Any, path: str, faults: list[Fault]) -> dict[str, Any]:
        if not isinstance(value, _Object):
            _wrong(value, path, faults, "an object")
            return {}
        _note_repeated(value, path, faults)
        return {key: read(item, f"{path}.{key}", faults) for key, item in value.items()}

    return read_map


def _couple(value: Any, path: str, faults: list[Fault]) -> tuple[str, str]:
    ids = _list(_text)(value, path, faults)
    if len(ids) == 2:
        return ids[0], ids[1]
    _note(faults, path, "is not a couple: give the ids of exactly two mentees")
    return "", ""


def _note_repeated(value: _Object, path: str, faults: list[Fault]) -> None:
    for key in value.repeated:
        _note(faults, f"{path}.{key}", "is given more than once: keep one")


def _note(faults: list[Fault], path: str, message: str) -> None:
    faults.append(Fault(path, message))


def _record(make: Callable[..., Any], required: Mapping[str, Reader], **more: Reader) -> Reader:
    """Reads an object with exactly these keys; ``more`` are the keys that may be left out."""
    known = {**required, **more}

    def read_record(value: Any, path: str, faults: list[Fault]) -> Any:
        if not isinstance(value, _Object):
            _wrong(value, path, faults, "an object")
            # That its keys are missing as well is the same fault.
            value, faults = _Object(), []
        _note_repeated(value, path, faults)
        for key in sorted(value.keys() - known.keys()):
            text = f"is not known here: leave it out (known are {', '.join(known)})"
            _note(faults, f"{path}.{key}", text)
        for key in sorted(required.keys() - value.keys()):
            _note(faults, f"{path}.{key}", "is missing: give it")
        return make(
            **{key: read(None, path, []) for key, read in required.items() if key not in value},
            **{
                key: known[key](value[key], f"{path}.{key}", faults)
                for key in known
                if key in value
            },
        )

    return read_record


def _weights(**given: int) -> Weights:
    """A weight that is left out counts nothing; without any, the usual ones hold."""
    return Weights(**{**dict.fromkeys(PARTS, 0), **given}) if given else Weights()


def _without_format(make: Callable[..., Any]) -> Callable[..., Any]:
    return lambda **fields: make(**{key: fields[key] for key in fields if key != "format"})


_person: dict[str, Reader] = {
    "languages": _map(_whole),
    "identity": _or_null(_text),
    "accepts": _or_null(_list(_text)),
    "area": _or_null(_text),
    "interests": _map(_whole),
    "style": _map(_number),
    "prefers": _list(_text),
    "avoids": _list(_text),
}
_mentee = _record(
    Mentee,
    {"id": _text},
    **_person,
    free=_list(_whole),
    topics=_list(_text),
    priority=_whole,
    high_need=_flag,
)
_mentor = _record(
    Mentor,
    {"id": _text, "capacity": _whole},
    **_person,
    starts=_list(_whole),
    declines=_list(_text),
    max_high_need=_or_null(_whole),
)
_ends: dict[str, Reader] = {"mentee": _text, "mentor": _text}
_problem = _record(
    _without_format(Problem),
    {"format": _text, "mentees": _list(_mentee), "mentors": _list(_mentor)},
    grid=_record(Grid, {}, cells=_whole, meeting_cells=_whole),
    continuing=_list(_record(Continuing, _ends, start=_or_null(_whole))),
    pins=_list(_record(Link, _ends)),
    forbids=_list(_record(Link, _ends)),
    keep=_text,
    floor=_whole,
    side=_record(Side, {}, apart=_list(_couple)),
    weights=_record(_weights, {}, **dict.fromkeys(PARTS, _whole)),
    thresholds=_list(_whole),
    objective=_list(_text),
    pairs=_or_null(_list(_record(GivenPair, {**_ends, "score": _whole}))),
    timeless=_flag,
)


def _example(value: Any, path: str, faults: list[Fault]) -> Any:
    return _text(value, path, faults) if isinstance(value, str) else _whole(value, path, faults)


def _level_value(value: Any, path: str, faults: list[Fault]) -> Any:
    if isinstance(value, list):
        return _list(_whole)(value, path, faults)
    return _or_null(_whole)(value, path, faults)


_help = _record(Help, {"rule": _text, "mentors": _whole}, examples=_list(_example))
_solution = _record(
    _without_format(Solution),
    {
        "format": _text,
        "problem_sha256": _text,
        "seed": _whole,
        "engine": _text,
        "status": _text,
        "pairs": _list(
            _record(
                Pair,
                {**_ends, "start": _or_null(_whole), "score": _whole, "parts": _map(_whole)},
            )
        ),
        "unmatched": _list(
            _record(
                Unmatched,
                {
                    "mentee": _text,
                    "reason": _text,
                    "blockers": _map(_whole),
                    "would_help": _list(_help),
                },
            )
        ),
        "levels": _list(
            _record(Level, {"name": _text, "value": _level_value, "bound": _level_value})
        ),
        "blocking_pairs": _whole,
    },
    seconds=_number,
)


def loads(text: str | bytes) -> Problem:
    """The problem in a ``commonroom.matching/1`` text; raises FileFaultsError with all faults."""
    read, faults = _read(text, PROBLEM_FORMAT, _problem)
    faults += [fault for fault in problem_faults(read, not faults) if not _follows(fault, faults)]
    if faults:
        raise FileFaultsError(faults)
    assert isinstance(read, Problem)
    return read


def _follows(fault: Fault, earlier: list[Fault]) -> bool:
    """Whether a fault may be only the echo of a value that could not be read."""
    paths = [other.path for other in earlier]
    if "there is no" in fault.message and any(_NAMELESS.fullmatch(path) for path in paths):
        return True
    return any(_inside(fault.path, path) or _inside(path, fault.path) for path in paths)


def _inside(path: str, outer: str) -> bool:
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))


def loads_solution(text: str | bytes) -> Solution:
    """The solution in a ``commonroom.solution/1`` text; its shape only: see ``check``."""
    read, faults = _read(text, SOLUTION_FORMAT, _solution)
    if faults:
        raise FileFaultsError(faults)
    assert isinstance(read, Solution)
    return read


def _read(text: str | bytes, name: str, read: Reader) -> tuple[Any, list[Fault]]:
    faults: list[Fault] = []
    value = _parse(text)
    made = read(value, "$", faults)
    if isinstance(value, dict) and isinstance(value.get("format"), str) and value["format"] != name:
        faults.insert(0, Fault("$.format", f"is {value['format']!r}: give {name!r}"))
    return made, faults


def _parse(text: str | bytes) -> Any:
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        return json.loads(decoded, object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8: save the file as UTF-8"
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        message = f"is not whole JSON ({error.msg}, {where}): is the file cut off?"
    except RecursionError:
        message = "is nested too deeply: give the flat form"
    except ValueError:
        message = "holds a number with too many digits: give smaller numbers"
    raise FileFaultsError([Fault("$", message)])


def dumps(problem: Problem) -> str:
    """The problem as canonical JSON: sorted keys, one line, the same for equal problems."""
    fields = {"format": PROBLEM_FORMAT, **dataclasses.asdict(problem)}
    if problem.pairs is None:
        del fields["pairs"]
    for mentor in fields["mentors"]:
        if mentor["max_high_need"] is None:
            del mentor["max_high_need"]
    return _write(fields)


def digest(problem: Problem) -> str:
    """The sha256 of ``dumps(problem)``: which problem a solution answers."""
    return hashlib.sha256(dumps(problem).encode()).hexdigest()


def dumps_solution(solution: Solution) -> str:
    """The solution as canonical JSON."""
    return _write({"format": SOLUTION_FORMAT, **dataclasses.asdict(solution)})


def _write(fields: dict[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
