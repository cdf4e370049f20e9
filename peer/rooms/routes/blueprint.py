"""The blueprint that every page of rooms belongs to."""

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("rooms", __name__)

Page = str | Response | tuple[str, int]
