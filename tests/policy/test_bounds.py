"""Every field that people fill in, and every word of a socket event, has an end."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import annotated_types as bounds
import pytest
from flask import Flask
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    FileField,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.fields.core import UnboundField
from wtforms.validators import Length, NumberRange, Regexp

import peer
from peer.core.realtime.door import _events

ZONED = ("JoinForm", "PlaceAndTime", "PreferencesForm")
# A list without fixed choices, or a hidden field that is not a text: what bounds it instead.
OTHERWISE: dict[tuple[str, str], str] = {
    **{(form, "timezone"): "core.zones knows it or it is refused" for form in ZONED},
    ("JoinForm", "suggestion"): "service.checked_name, as for a name of one's own",
}


def modules(kind: str) -> Iterator[Any]:
    """Every module of a feature called `kind`, or inside a package of that name."""
    for feature in pkgutil.iter_modules(peer.__path__, "peer."):
        name = f"{feature.name}.{kind}"
        if not feature.ispkg or importlib.util.find_spec(name) is None:
            continue
        found = importlib.import_module(name)
        yield found
        for inner in pkgutil.iter_modules(getattr(found, "__path__", []), f"{name}."):
            yield importlib.import_module(inner.name)


def classes(kind: str, base: type) -> list[type[Any]]:
    """Every class under `base` that is made in such a module."""
    return sorted(
        {
            each
            for module in modules(kind)
            for each in vars(module).values()
            if isinstance(each, type)
            and issubclass(each, base)
            and each.__module__ == module.__name__
        },
        key=lambda each: each.__name__,
    )


FORMS = classes("forms", Form)


def fields(form: type[Form]) -> Iterator[tuple[str, UnboundField]]:
    """The fields that a form declares, inherited ones too."""
    for name in dir(form):
        made = getattr(form, name, None)
        if isinstance(made, UnboundField):
            yield name, made


def fault(made: UnboundField) -> str:
    """What is missing for a field to have an end; empty when it has one."""
    kind: type[Field] = made.field_class
    validators = made.kwargs.get("validators") or ()
    if issubclass(kind, IntegerField):
        ends = [v for v in validators if isinstance(v, NumberRange)]
        return "" if any(v.min is not None and v.max is not None for v in ends) else "no range"
    if issubclass(kind, FieldList):
        return "" if made.kwargs.get("max_entries") else "no end of entries"
    if issubclass(kind, SelectField | SelectMultipleField | RadioField):
        return "" if made.kwargs.get("validate_choice", True) else "takes any choice"
    if issubclass(kind, StringField):
        ends = [v for v in validators if isinstance(v, Length | Regexp)]
        return "" if any(getattr(v, "max", 1) not in {-1, None} for v in ends) else "no length"
    if issubclass(kind, BooleanField | DateField | TimeField | FileField | FormField):
        return ""
    return f"a {kind.__name__}, which this test does not know"


def test_every_text_has_a_length_every_number_a_range_every_list_an_end() -> None:
    assert len(FORMS) > 10
    wrong = {
        f"{form.__name__}.{name}": said
        for form in FORMS
        for name, made in fields(form)
        if (said := fault(made)) and (form.__name__, name) not in OTHERWISE
    }
    assert not wrong, "\n".join(f"{name}: {said}" for name, said in sorted(wrong.items()))


def test_every_word_of_an_event_has_an_end(app: Flask) -> None:
    schemas = {event.schema for event in _events.values()} | set(classes("schemas", BaseModel))
    wrong = [
        f"{schema.__name__}.{name}: {said}"
        for schema in schemas
        for name, field in schema.model_fields.items()
        if (said := _unbounded(field.annotation, field))
    ]
    assert not wrong, "\n".join(sorted(wrong))


def _unbounded(kind: Any, field: FieldInfo, more: tuple[Any, ...] = ()) -> str:
    if get_origin(kind) is Annotated:
        inner, *given = get_args(kind)
        ends = [end for each in given for end in getattr(each, "metadata", (each,))]
        return _unbounded(inner, field, (*more, *ends))
    if get_origin(kind) in {Union, UnionType}:
        told = [_unbounded(each, field, more) for each in get_args(kind)]
        return next((each for each in told if each), "")
    if kind in {type(None), bool}:
        return ""
    ends = [*field.metadata, *more]
    if kind is str:
        return "" if any(_longest(end) for end in ends) else "no length"
    if kind is int:
        low = any(isinstance(end, bounds.Ge | bounds.Gt) for end in ends)
        high = any(isinstance(end, bounds.Le | bounds.Lt) for end in ends)
        return "" if low and high else "no range"
    return f"{kind} is not known to this test"


def _longest(end: Any) -> int | None:
    found: int | None = getattr(end, "max_length", None)
    return found


@pytest.mark.parametrize("kind", [list[int], dict[str, int], float, bytes])
def test_what_this_test_does_not_know_is_refused(kind: Any) -> None:
    assert _unbounded(kind, FieldInfo(annotation=kind))
