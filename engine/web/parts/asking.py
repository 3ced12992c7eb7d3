"""The controls of small forms: where to go next, the token that saves once, texts by name."""

from __future__ import annotations

from flask import request

from engine.web.request import read_values
from engine.web.urls import local_path


def asked_next(otherwise: str) -> str:
    """Return the page of ours that the form names to go on to."""
    wanted = request.form.get("_next", "")
    return local_path(wanted) if wanted else otherwise


def asked_values(*names: str) -> dict[str, str]:
    """Return the texts of a small form by name, '' where missing; other names are refused."""
    return {name: text.strip() for name, text in read_values(request.form, names).items()}
