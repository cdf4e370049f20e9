"""How every JSON file of the engine is read and written: exact keys, and every fault at once.

A reader takes a JSON value at a path. What is wrong goes on the list of faults, each with what
would be right, and a stand-in of the right type comes back, so that one mistake does not hide the
next. ``codec`` and ``cohorts.codec`` put the readers together to their formats.
"""

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from sys import intern
from typing import Any

from matching.problem import Fault, FileFaultsError, GivenPair, Level

#: Faults told of one file. Who mends those will find the next ones; a file of nothing but faults
#: must not take hours, nor all memory.
MAX_FAULTS = 1_000
#: Reads a JSON value at a path. What is wrong goes on the list, and a stand-in of the right
#: type comes back, so that one mistake does not hide the next.
Reader = Callable[[Any, str, list[Fault]], Any]
_KINDS = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    type(None): "null",
}


class _TooManyFaultsError(Exception):
    """Ends the reading of a file that is wrong nearly everywhere."""


class _Faults(list[Fault]):
    """A list that takes so many faults and no more."""

    def append(self, fault: Fault) -> None:
        if len(self) >= MAX_FAULTS:
            raise _TooManyFaultsError
        super().append(fault)


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys were given more than once."""

    repeated: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> Any:
    if len(pairs) == 3 and (given := _given_pair(pairs)) is not None:
        return given
    made = _Object(pairs)
    if len(made) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        made.repeated = tuple(sorted(key for key, count in counts.items() if count > 1))
    return made


def _given_pair(pairs: list[tuple[str, Any]]) -> GivenPair | None:
    """A given pair at once, if this is one: there may be millions, and each id often."""
    (one, mentee), (two, mentor), (three, score) = pairs
    if one != "mentee" or two != "mentor" or three != "score":
        return None
    if type(mentee) is str and type(mentor) is str and type(score) is int:
        return GivenPair(intern(mentee), intern(mentor), score)
    return None


def a_given_pair(value: Any, path: str, faults: list[Fault]) -> GivenPair:
    """A pair with a score."""
    made = value if type(value) is GivenPair else _any_given_pair(value, path, faults)
    assert isinstance(made, GivenPair)
    return made


def _opened(value: Any) -> Any:
    """An object as it was in the file, where something else than a given pair is wanted."""
    return _Object(plain(value)) if type(value) is GivenPair else value


def _wrong(value: Any, path: str, faults: list[Fault], wanted: str) -> None:
    kind = "not a number" if value != value else _KINDS.get(type(value), _KINDS[dict])
    faults.append(Fault(path, f"is {kind}: give {wanted}"))


def a_text(value: Any, path: str, faults: list[Fault]) -> str:
    """A text."""
    if not isinstance(value, str):
        _wrong(value, path, faults, "a text")
        return ""
    if not _is_whole(value):
        faults.append(Fault(path, "holds half a character: give text that UTF-8 can write"))
        return ""
    return value


def _is_whole(text: str) -> bool:
    """Whether a text can be written at all: JSON can spell halves of characters."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def a_whole(value: Any, path: str, faults: list[Fault]) -> int:
    """A whole number; ``2.0`` and ``true`` are none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    _wrong(value, path, faults, "a whole number")
    return 0


def a_number(value: Any, path: str, faults: list[Fault]) -> float:
    """A number, but not NaN."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value == value:
        return value
    _wrong(value, path, faults, "a number")
    return 0.0


def a_flag(value: Any, path: str, faults: list[Fault]) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    _wrong(value, path, faults, "true or false")
    return False


def or_null(read: Reader) -> Reader:
    """What ``read`` reads, or null."""
    return lambda value, path, faults: None if value is None else read(value, path, faults)


def list_of(read: Reader, most: int | None = None) -> Reader:
    """Reads a list; one of more than ``most`` is not looked into, it would take all memory."""

    def read_list(value: Any, path: str, faults: list[Fault]) -> tuple[Any, ...]:
        if most is not None and isinstance(value, list) and len(value) > most:
            _note(faults, path, f"lists {len(value)}: give at most {most}")
            return ()
        if isinstance(value, list):
            if read is a_given_pair and all(type(item) is GivenPair for item in value):
                return tuple(value)
            return tuple(read(item, f"{path}[{i}]", faults) for i, item in enumerate(value))
        _wrong(value, path, faults, "a list")
        return ()

    return read_list


def map_of(read: Reader) -> Reader:
    """An object with any keys, whose values ``read`` reads."""

    def read_map(value: Any, path: str, faults: list[Fault]) -> dict[str, Any]:
        value = _opened(value)
        if not isinstance(value, _Object):
            _wrong(value, path, faults, "an object")
            return {}
        _note_repeated(value, path, faults)
        for key in value:
            a_text(key, path, faults)
        return {key: read(item, f"{path}.{key}", faults) for key, item in value.items()}

    return read_map


def couple_of(who: str) -> Reader:
    """A reader of the ids of exactly two people; ``who`` says of what kind, many of them."""

    def read_couple(value: Any, path: str, faults: list[Fault]) -> tuple[str, str]:
        ids = list_of(a_text)(value, path, faults)
        if len(ids) == 2:
            return ids[0], ids[1]
        _note(faults, path, f"is not a couple: give the ids of exactly two {who}")
        return "", ""

    return read_couple


def _note_repeated(value: _Object, path: str, faults: list[Fault]) -> None:
    for key in value.repeated:
        _note(faults, f"{path}.{key}", "is given more than once: keep one")


def _note(faults: list[Fault], path: str, message: str) -> None:
    faults.append(Fault(path, message))


def record(make: Callable[..., Any], required: Mapping[str, Reader], **more: Reader) -> Reader:
    """Reads an object with exactly these keys; ``more`` are the keys that may be left out."""
    known = {**required, **more}

    def read_record(value: Any, path: str, faults: list[Fault]) -> Any:
        value = _opened(value)
        if not isinstance(value, _Object):
            _wrong(value, path, faults, "an object")
            # That its keys are missing as well is the same fault.
            value, faults = _Object(), []
        _note_repeated(value, path, faults)
        for key in (key for key in value if key not in known):
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


_any_given_pair = record(GivenPair, {"mentee": a_text, "mentor": a_text, "score": a_whole})


def without_format(make: Callable[..., Any]) -> Callable[..., Any]:
    """A maker that is not given the file's own key ``format``."""
    return lambda **fields: make(**{key: fields[key] for key in fields if key != "format"})


def echoes(fault: Fault, earlier: list[Fault], nameless: re.Pattern[str]) -> bool:
    """Whether a fault may be only the echo of a value that could not be read.

    ``nameless`` matches the paths whose fault leaves it open which ids there are.
    """
    paths = [other.path for other in earlier]
    if "there is no" in fault.message and any(nameless.fullmatch(path) for path in paths):
        return True
    return any(inside(fault.path, path) or inside(path, fault.path) for path in paths)


def inside(path: str, outer: str) -> bool:
    """Whether a path is ``outer`` or leads into it."""
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))


def read_as(text: str | bytes, name: str, read: Reader) -> tuple[Any, list[Fault]]:
    """What ``read`` makes of a text in the format ``name``, and its faults.

    Raises FileFaultsError when the text is no JSON at all.
    """
    faults = _Faults()
    value = _parse(text)
    try:
        made = read(value, "$", faults)
    except _TooManyFaultsError:
        made = None
    if isinstance(value, dict) and isinstance(value.get("format"), str) and value["format"] != name:
        faults.insert(0, Fault("$.format", f"is {value['format']!r}: give {name!r}"))
    return made, faults


def problem_in(
    text: str | bytes,
    name: str,
    read: Reader,
    wrong: Callable[[Any, bool, int], list[Fault]],
    nameless: re.Pattern[str],
) -> Any:
    """The problem in a text; raises FileFaultsError with all faults, those of its sense too.

    ``wrong`` finds these: of a problem, whether all of it could be read, how many at most.
    ``nameless`` as for ``echoes``.
    """
    made, faults = read_as(text, name, read)
    if len(faults) < MAX_FAULTS:
        more = wrong(made, not faults, MAX_FAULTS - len(faults))
        faults += [fault for fault in more if not echoes(fault, faults, nameless)]
    if faults:
        raise FileFaultsError(faults)
    return made


def solution_in(text: str | bytes, name: str, read: Reader) -> Any:
    """The solution in a text, its shape only; raises FileFaultsError with all faults."""
    made, faults = read_as(text, name, read)
    if faults:
        raise FileFaultsError(faults)
    return made


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


def plain(value: Any) -> Any:
    """A value as JSON has it; unlike ``asdict`` it copies nothing that JSON can write."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
        return [plain(each) for each in value]
    if dataclasses.is_dataclass(value):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def one_line(fields: dict[str, Any]) -> str:
    """Canonical JSON: sorted keys, one line."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def _level_value(value: Any, path: str, faults: list[Fault]) -> Any:
    if isinstance(value, list):
        return list_of(a_whole)(value, path, faults)
    return or_null(a_whole)(value, path, faults)


#: A level of an objective: numbers, lists of them, or null.
a_level = record(Level, {"name": a_text, "value": _level_value, "bound": _level_value})
