"""What is kept is what would be made now: for every page, whoever asks in between.

Each time that a kept statement is used, it is made once more and compared, letter by letter, with
its values: a key that is too small would give one person what was made for another.
"""

from collections.abc import Callable, Hashable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.sql import ClauseElement

from engine.runtime.access.kept import Kept
from tests.kit.examples import examples
from tests.rights.asking import asks
from tests.rights.sampling import digest_of
from tests.rights.worlds import WORLDS

SHARE = examples(80, nightly=4)
OFTEN = 200


def statements(made: object) -> Iterator[ClauseElement]:
    """Yields the statements in what is kept: one, several, or that of an object with a query."""
    if isinstance(made, ClauseElement):
        yield made
    elif isinstance(made, tuple):
        for one in made:
            yield from statements(one)
    else:
        query = getattr(made, "query", ())
        yield from statements(query(None) if callable(query) else query)


def written(made: object) -> list[tuple[str, dict[str, Any]]]:
    found = [one.compile() for one in statements(made)]
    return [(str(one), one.params) for one in found]


@pytest.mark.parametrize("name", WORLDS)
def test_a_kept_statement_is_what_would_be_made_now(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    used, get = list[Hashable](), Kept.get

    def compared(kept: Kept, key: Hashable, make: Callable[[], Any]) -> Any:
        is_kept = key in kept._made
        found = get(kept, key, make)
        if is_kept:
            used.append(key)
            assert written(found) == written(make()), key
        return found

    with WORLDS[name]() as world:
        monkeypatch.setattr(Kept, "get", compared)
        for _ in range(2):
            for login in world.people:
                browser = world.browser(login)
                for ask in asks(world, login, "GET"):
                    if digest_of("", ask) % SHARE == 0:
                        assert browser.get(ask.path).status_code < 500, ask.path
            world.site.clock.pass_(timedelta(hours=5))
    assert len(used) > OFTEN
