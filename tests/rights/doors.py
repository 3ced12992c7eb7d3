"""Every route of the web application, and how its rights are judged: a new route is one line here.

A line says how the parameters of its address are filled from a world (`fill`), what somebody must
be allowed to do there (`needs`), and what is asked or sent (`how`: the queries of a page, the form
of a write). What is classified here is knocked at by every person, for every record.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from flask import Flask

Fill = Literal[
    "once",  # no parameter
    "entities",
    "records",  # every record of every entity, and one that there is not
    "buttons",  # every record and each button of its entity
    "runs",  # every record and a run of it
    "tasks",
    "notices",
    "views",
    "links",  # every field that leads to a record, of every entity
    "paths",  # the same, as paths of a list
    "users",
    "versions",  # of the configuration
    "files",  # no records in it at all: the parameter is a name or a secret
]
Needs = Literal[
    "nobody",  # also for those who are not signed in
    "person",  # shows or changes what is the person's own
    "admin",
    "see",
    "export",
    "create",
    "peek",
    "edit",
    "press",
    "delete",
    "restore",
]


@dataclass(frozen=True, slots=True)
class Door:
    """How a route is judged."""

    fill: Fill
    needs: Needs
    how: str = ""


ONE = "/<entity_id>/<int:record_id>"
OPEN = Door("files", "nobody")
MINE = Door("once", "person")
ADMIN = Door("once", "admin")

DOORS: Mapping[str, Door] = MappingProxyType(
    {
        # many records
        "GET /<entity_id>": Door("entities", "see", "list"),
        "GET /<entity_id>.csv": Door("entities", "export", "list"),
        "GET /views/<view_id>": Door("views", "see", "view"),
        "GET /search": Door("once", "person", "words"),
        "GET /search/pick/<entity_id>/<field_id>": Door("links", "see", "words"),
        "GET /search/filter/<entity_id>/<path>": Door("paths", "see", "words"),
        "GET /my-day": MINE,
        "GET /calendar": MINE,
        "GET /notifications": MINE,
        # one record
        f"GET {ONE}": Door("records", "peek"),
        f"GET {ONE}/edit": Door("records", "edit", "parts"),
        f"GET {ONE}/move": Door("records", "edit", "stage"),
        f"GET {ONE}/drop": Door("records", "peek", "stages"),
        f"GET {ONE}/day": Door("records", "edit", "day"),
        f"GET {ONE}/press/<button_id>": Door("buttons", "press"),
        f"GET {ONE}/runs": Door("records", "see"),
        f"GET {ONE}/runs/<int:run_id>": Door("runs", "see"),
        "GET /task/<int:task_id>/done": Door("tasks", "edit"),
        "GET /task/<int:task_id>/postpone": Door("tasks", "edit"),
        "GET /<entity_id>/new": Door("entities", "create"),
        # writes
        "POST /<entity_id>/new": Door("entities", "create", "new"),
        "POST /<entity_id>/preview": Door("entities", "create", "preview"),
        f"POST {ONE}/edit": Door("records", "edit", "edit"),
        f"POST {ONE}/move": Door("records", "edit", "move"),
        f"POST {ONE}/day": Door("records", "edit", "day"),
        f"POST {ONE}/press/<button_id>": Door("buttons", "press", "press"),
        f"POST {ONE}/notes": Door("records", "see", "note"),
        f"POST {ONE}/archive": Door("records", "edit", "archive"),
        f"POST {ONE}/delete": Door("records", "delete", "delete"),
        f"POST {ONE}/restore": Door("records", "restore", "restore"),
        "POST /task/<int:task_id>/done": Door("tasks", "edit", "done"),
        "POST /task/<int:task_id>/postpone": Door("tasks", "edit", "postpone"),
        "POST /notifications/<int:notice_id>/open": Door("notices", "edit", "notice"),
        "POST /notifications/<int:notice_id>/read": Door("notices", "edit", "notice"),
        "POST /notifications/read": Door("once", "person", "mine"),
        # the person's own account
        "GET /account": MINE,
        "POST /account": Door("once", "person", "mine"),
        "POST /account/look": Door("once", "person", "mine"),
        "POST /sign-out": Door("once", "person", "mine"),
        # administrators
        "GET /admin/users": ADMIN,
        "GET /admin/users/new": ADMIN,
        "GET /admin/users/<int:user_id>": Door("users", "admin"),
        "POST /admin/users/new": Door("once", "admin", "admin"),
        "POST /admin/users/<int:user_id>": Door("users", "admin", "admin"),
        "POST /admin/users/<int:user_id>/disable": Door("users", "admin", "admin"),
        "POST /admin/users/<int:user_id>/enable": Door("users", "admin", "admin"),
        "POST /admin/users/<int:user_id>/link": Door("users", "admin", "admin"),
        "POST /admin/users/lift": Door("once", "admin", "admin"),
        "GET /admin/configuration": ADMIN,
        "GET /admin/configuration/note": ADMIN,
        "GET /admin/configuration/<int:version_id>": Door("versions", "admin"),
        "POST /admin/configuration": Door("once", "admin", "admin"),
        "POST /admin/configuration/<int:version_id>/back": Door("versions", "admin", "admin"),
        # no records at all
        "GET /": MINE,
        "GET /search/moment": Door("once", "person", "moment"),
        "GET /sign-in": OPEN,
        "POST /sign-in": OPEN,
        "GET /welcome/<token>": OPEN,
        "POST /welcome/<token>": OPEN,
        "GET /healthz": OPEN,
        "GET /readyz": OPEN,
        "GET /served": OPEN,
        "GET /static/<path:path>": OPEN,
        "GET /theme-<stamp>.css": OPEN,
    }
)


def routes(app: Flask) -> set[str]:
    """Returns every method and rule that the application answers."""
    return {
        f"{method} {plain(str(rule))}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def plain(rule: str) -> str:
    """Returns a rule without the limits of its numbers."""
    return re.sub(r"int\([^)]*\)", "int", rule)
