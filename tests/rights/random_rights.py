"""Role tables at random over the sharp world: the same records and people, other rights."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import yaml

from engine.app import apply_plan, open_services
from engine.metadata.model.application import Application
from engine.runtime.plan.compare import make_plan
from engine.web.request import EXTENSION
from tests.kit.accounts import quick_passwords
from tests.perm_model import Model
from tests.rights.world import World, merged
from tests.rights.worlds import SHARP

SCOPES = {"client": "my_clients", "deal": "new_deals", "item": "home_items"}
ROLES = ("rep", "chief", "counter", "temp")
VERBS = ("see", "peek", "edit", "press", "delete", "export", "assign", "create", "every")
VIEWS = "\nviews:\n"


def random_rights(seed: int) -> str:
    """Returns the sharp CRM with other rights: verbs, hidden fields and closed ones at random."""
    random, fields = Random(seed), yaml.safe_load(SHARP)["entities"]  # noqa: S311 - no secret
    roles = {
        role: {
            "can": {entity: _can(random, scope) for entity, scope in SCOPES.items()},
            "hide": _some(random, fields, 0.25),
            "readonly": _some(random, fields, 0.2),
        }
        for role in ROLES
    }
    before, _, after = SHARP.partition("\nroles:\n")
    said = yaml.safe_dump({"roles": roles | {"guest": {"can": {}}}}, sort_keys=False)
    return f"{before}\n{said}\nviews:\n{after.partition(VIEWS)[2]}"


def _can(random: Random, scope: str) -> dict[str, str]:
    reaches = ("none", "own", "team", "all", scope)
    can = {verb: random.choice(reaches) for verb in random.sample(VERBS, 5)}
    return can | {"see": random.choice(("own", "team", "all", scope))}


def _some(random: Random, entities: dict[str, Any], often: float) -> list[str]:
    names = ((entity, one) for entity in SCOPES for one in entities[entity]["fields"])
    return [f"{entity}.{one}" for entity, one in names if random.random() < often]


@contextmanager
def under(world: World, application: Application) -> Iterator[None]:
    """Serves the same records with the rights of another version of the CRM."""
    app, before = world.site.app, world.site.app.extensions[EXTENSION]
    database = world.site.services.database
    apply_plan(database, make_plan(database, application), application, "tests")
    services = open_services(
        application,
        database,
        settings=world.site.services.settings,
        clock=world.site.clock,
        passwords=quick_passwords(),
    )
    app.extensions[EXTENSION] = lambda: services
    try:
        yield
    finally:
        app.extensions[EXTENSION] = before


@contextmanager
def by_model(world: World, text: str) -> Iterator[None]:
    """Lets the world be judged by another text."""
    before = world.model
    world.model = Model(merged(text), before.scopes)
    world._known.clear()
    try:
        yield
    finally:
        world.model = before
        world._known.clear()
