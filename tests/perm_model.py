"""Who may do what, told a second time: plain Python over the YAML text, nothing of the engine."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

APART = ("export", "import", "merge")
MINE = "own made about_edit"
TASK = {"see": "own made about_see", "edit": MINE, "press": MINE, "assign": MINE, "delete": "made"}
CORE = {
    "task": TASK,
    "activity": {"see": "about_see", "edit": "own made", "delete": "own made"},
    "notification": {"see": "own", "edit": "own"},
    "user": {"peek": "all", "see": "self", "edit": "self"},
    "team": {"peek": "all"},
}


@dataclass
class User:
    id: int
    roles: list[str]
    below: set[int]  # everybody in the user's team and its sub-teams


class Model:
    def __init__(self, text: str, scopes: dict[str, Callable[[User, Any], bool]]) -> None:
        self.yaml, self.scopes = yaml.safe_load(text), scopes

    def granted(self, role: str, entity: str, verb: str) -> str:
        if role == "admin":
            return "all" if entity in ("user", "team") and verb not in APART else "none"
        can = self.yaml["roles"][role].get("can", {}).get(entity, {})
        return str(can.get(verb, "none" if verb in APART else can.get("every", "none")))

    def reaches(self, user: User, entity: str, verb: str) -> set[str]:
        see = {role for role in user.roles if self.granted(role, entity, "see") != "none"}
        roles = user.roles if verb in ("see", "peek") else see
        core = CORE.get(entity, {}).get(verb, "").split()
        return {*core, *(self.granted(role, entity, verb) for role in roles)} - {"none"}

    def may(self, user: User, verb: str, record: Any) -> bool:
        seen = verb == "peek" and self.within(user, "see", record)
        return not record["trashed"] and (seen or self.within(user, verb, record))

    def may_restore(self, user: User, record: Any) -> bool:
        found = all(self.within(user, verb, record) for verb in ("see", "delete"))
        return found and bool(record["trashed"])

    def within(self, user: User, verb: str, record: Any) -> bool:
        entity, uncut = record["entity"], verb in ("see", "peek")
        core = CORE.get(entity, {}).get(verb, "").split()
        return any(self.reached(user, one, record) for one in core) or any(
            self.reached(user, self.granted(role, entity, verb), record)
            and (uncut or self.reached(user, self.granted(role, entity, "see"), record))
            for role in user.roles
        )

    def reached(self, user: User, reach: str, record: Any) -> bool:
        owner, about = record["owner"], record.get("about")
        if reach.startswith("about_"):
            return about is not None and self.may(user, reach.removeprefix("about_"), about)
        plain = {
            "none": False,
            "all": True,
            "own": owner == user.id,
            "team": owner is None or owner == user.id or owner in user.below,
            "made": record["creator"] == user.id,
            "self": record["id"] == user.id,
        }
        return plain[reach] if reach in plain else self.scopes[reach](user, record)

    def hides(self, user: User, entity: str, field: str, *verbs: str) -> bool:
        if self.yaml["entities"].get(entity, {}).get("fields", {}).get(field, {}).get("hidden"):
            return True
        giving = [r for r in user.roles if {self.granted(r, entity, v) for v in verbs} != {"none"}]
        lists = [self.yaml["roles"].get(r, {}).get("hide", []) for r in giving or user.roles]
        return bool(lists) and all(f"{entity}.{field}" in one for one in lists)
