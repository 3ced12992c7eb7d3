"""What is served at the moment: asked by every open page, again and again, so that it can follow.

The answer stands in memory: nobody's session is looked up or kept alive, nothing is logged, and it
says nothing but that something is another than before.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from engine.web.parts.folder_note import served_stamp
from engine.web.request import public, quiet, services

bp = Blueprint("served", __name__)


@bp.get("/served")
@public
@quiet
def served() -> Response:
    """Answer with the stamps of the version and of the folder."""
    folder = services().folder
    return jsonify(
        version=served_stamp(services().application),
        folder=folder.state.stamp if folder else "",
    )
