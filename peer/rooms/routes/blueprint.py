"""The blueprint that every page of rooms belongs to."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from peer.core.errors import Invalid

bp = Blueprint("rooms", __name__)

Page = str | Response | tuple[str, int]


def pressed(field: str, *values: str) -> str:
    """What the pressed button says. No button, or another word, is refused: it stands for nothing."""
    said = request.form.get(field)
    if said not in values:
        raise Invalid(field=field)
    return said
