"""Style sheets, scripts, icons: kept by browsers, as an address changes with its content."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, abort, make_response, request, send_from_directory

from engine.metadata.model.application import Application, Theme
from engine.resources import resource_dir
from engine.web.request import public, services

bp = Blueprint("assets", __name__)

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def static_folder() -> Path:
    """Return the folder of the files that are served as they are."""
    return resource_dir("ui_templates") / "static"


def static_url(path: str) -> str:
    """Return the address of a file, which carries its content's hash."""
    file = static_folder() / path
    stamp = file.stat()
    return f"/static/{path}?v={_hash_of(file, stamp.st_mtime_ns, stamp.st_size)}"


@lru_cache(maxsize=256)
def _hash_of(file: Path, changed: int, size: int) -> str:  # noqa: ARG001 - they void the cache
    return sha256(file.read_bytes()).hexdigest()[:12]


def theme_url(application: Application) -> str:
    """Return the address of the style sheet with the company's colour."""
    return f"/theme-{_short_hash(theme_css(application.theme))}.css"


def theme_css(theme: Theme) -> str:
    """Write the one rule that the configuration decides; anything but a colour is left out."""
    color = theme.color if COLOR.fullmatch(theme.color) else Theme().color
    return f":root {{ --brand: {color}; }}\n"


def _short_hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


@bp.get("/static/<path:path>")
@public
def static(path: str) -> Response:
    """Answer with a file; for ever where the address names the content at hand."""
    folder = static_folder()
    if not is_there(folder, path):
        abort(404)
    response = send_from_directory(folder, path, conditional=True)
    asked_for = f"{request.path}?v={request.args.get('v', '')}"
    response.headers["Cache-Control"] = FOR_EVER if asked_for == static_url(path) else ASK_AGAIN
    return response


def is_there(folder: Path, path: str) -> bool:
    """Say whether a file is served under a path; a name that no disk can hold is none."""
    if any(part.startswith(".") for part in path.split("/")):
        return False
    try:
        return (folder / path).is_file()
    except (OSError, ValueError):
        return False


@bp.get("/theme-<stamp>.css")
@public
def theme(stamp: str) -> Response:
    """Answer with the style sheet of the company's colour."""
    text = theme_css(services().application.theme)
    response = make_response(text, {"Content-Type": "text/css; charset=utf-8"})
    current = stamp == _short_hash(text)
    response.headers["Cache-Control"] = FOR_EVER if current else ASK_AGAIN
    return response
