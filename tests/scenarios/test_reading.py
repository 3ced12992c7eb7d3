"""What people were told long ago has been read when a story ends; what came today has not."""

import json

from tests.kit.told import office, opened, play, told

STORY = """
story:
  - {at: 4 d ago 10:00, as: ivan, create: {request r1: {name: Anna}}}
  - {at: 20 min ago, as: ivan, create: {request r2: {name: Boris}}}
"""


def test_only_what_was_told_of_late_waits_to_be_read(database_url: str) -> None:
    crm = office(STORY)
    with opened(database_url, crm) as database:
        play(database, crm)
        notices = [json.loads(one) for one in told(database, crm)["e_notification"]]
    assert {one["text"].split()[0]: bool(one["read"]) for one in notices} == {
        "Anna": True,
        "Boris": False,
    }
