"""The blueprint that every page about people hangs on."""

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("accounts", __name__)

Page = str | Response | tuple[str, int]
