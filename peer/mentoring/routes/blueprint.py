"""The blueprint that mentoring's pages hang on."""

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("mentoring", __name__)

Page = str | Response | tuple[str, int]
