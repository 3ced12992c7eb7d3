"""What a story costs: each line the same, however many there are."""

from itertools import count
from pathlib import Path

from tests.kit.effort import effort_of
from tests.kit.told import office, opened, play

FIRST = "story:\n  - {at: 9 d ago 9:00, as: ivan, create: {request r: {name: Anna}}}\n"


def cost_of(lines: int, folder: Path) -> int:
    """Returns the number of calls that it takes to play so many notes."""
    notes = (f"  - {{at: 8 d ago 9:{n % 60:02}, note: {{r: Note {n}}}}}\n" for n in range(lines))
    crm = office(FIRST + "".join(notes))
    with opened(f"sqlite:///{folder / str(next(NAMES))}.db", crm) as database:
        return effort_of(lambda: play(database, crm))[1]


NAMES = count()


def test_a_line_costs_the_same_in_a_long_story(tmp_path: Path) -> None:
    cost_of(10, tmp_path)  # what is done once in a process
    few, more, many = (cost_of(number, tmp_path) for number in (100, 200, 400))
    assert many - more < 2.1 * (more - few)
    assert (more - few) / 100 < 6_000
