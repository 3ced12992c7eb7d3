"""The matrix has teeth: each check of pages and of the writer, switched off, is noticed.

The checks of the reader have their own mutants in `tests/runtime/rights_mutants.py`.
"""

from collections.abc import Iterator

import pytest

from engine.errors import EngineError
from tests.kit.examples import examples
from tests.rights import mutants as wrong
from tests.rights.marks import marks_of_answer
from tests.rights.mutants import Mutant, Patch, Place, Probe, fields, reads, writes
from tests.rights.worlds import WORLDS
from tests.rights.writing import Disk

NOTICED = (AssertionError, pytest.fail.Exception, EngineError, LookupError, TypeError)
ONE = "/<entity_id>/<int:record_id>"


def status(login: str, path: str, expected: int, **form: str) -> Probe:
    """Sends one form and compares the status."""

    def probe(place: Place) -> None:
        answer = place.world.browser(login).post(path, form)
        assert answer.status_code == expected, (path, answer.status_code)

    return probe


def seen(login: str, path: str, expected: int) -> Probe:
    """Asks for one page and compares the status."""

    def probe(place: Place) -> None:
        assert place.world.browser(login).get(path).status_code == expected

    return probe


def without_a_token(place: Place) -> None:
    browser = place.world.browser("ann")
    assert browser.client.post("/deal/1/notes", data={"text": "forged"}).status_code == 403


def a_new_record_by_the_writer(place: Place) -> None:
    eva = place.world.site.actor("eva")
    with pytest.raises(EngineError):
        place.world.site.services.records.preview(eva, "deal", None, {})


def a_link_out_of_sight(place: Place) -> None:
    item = next(one for one in place.world.of("item") if place.world.may("eva", "edit", one))
    form = {"deal": "12", "_version": str(item["version"])}
    answer = place.world.browser("eva").post(f"/item/{item['id']}/edit", form)
    assert answer.status_code == 422


def a_refusal_that_knows_the_cost(place: Place) -> None:
    form = {"amount": "1", "_version": str(place.world.by_ref["deal", 1]["version"])}
    answer = place.world.browser("ann").post("/deal/1/edit", form)
    assert answer.status_code == 422
    assert marks_of_answer(answer) <= place.world.known("ann")


def a_client_for_somebody_else(place: Place) -> None:
    fay = str(place.world.people["fay"].id)
    answer = place.world.browser("dan").post("/client/new", {"name": "Lost", "owner": fay})
    assert answer.status_code == 403


MUTANTS: dict[Mutant, Probe] = {
    wrong.pages_need_no_verb: reads("ann", f"GET {ONE}/day"),
    wrong.entities_are_all_there: reads("nil", "GET /<entity_id>"),
    wrong.pages_find_every_record: reads("ann", f"GET {ONE}"),
    wrong.everybody_creates: reads("eva", "GET /<entity_id>/new"),
    wrong.prefilled_with_anything: fields("ann", "deal", "prefill"),
    wrong.parts_of_hidden_fields: seen("ann", "/deal/1/edit?field=cost", 400),
    wrong.previews_need_no_verb: status("ann", "/deal/preview?record=7", 403),
    wrong.files_for_everybody: reads("fay", ".csv"),
    wrong.files_hold_all_fields: reads("ann", ".csv"),
    wrong.views_open_for_everybody: reads("ann", "GET /views/<view_id>"),
    wrong.runs_of_peeked_records: reads("ann", f"GET {ONE}/runs"),
    wrong.pickers_for_any_field: seen("ann", "/search/pick/deal/seller", 404),
    wrong.timelines_tell_hidden_fields: reads("ann", f"GET {ONE}"),
    wrong.runs_tell_hidden_values: reads("ann", f"GET {ONE}/runs"),
    wrong.administration_for_everybody: reads("ann", "GET /admin/users"),
    wrong.denials_are_forgotten: writes("ann", f"POST {ONE}/edit"),
    wrong.denials_of_the_writer_are_forgotten: writes("ann", f"POST {ONE}/archive"),
    wrong.forms_need_no_token: without_a_token,
    wrong.the_gate_stands_open: a_new_record_by_the_writer,
    wrong.everybody_holds: writes("ann", f"POST {ONE}/archive"),
    wrong.all_fields_are_written: fields("ann", "deal", "edit"),
    wrong.readonly_is_forgotten: fields("ann", "deal", "edit"),
    wrong.owners_are_named_by_everybody: fields("ann", "deal", "edit"),
    wrong.links_lead_anywhere: a_link_out_of_sight,
    wrong.answers_link_anywhere: status("ann", "/deal/1/press/refer", 422, whom="3"),
    wrong.dialogs_ask_for_hidden_fields: status(
        "ann", "/deal/1/press/weigh", 422, cost="5", rank="20011"
    ),
    wrong.buttons_are_for_everybody: writes("eva", f"POST {ONE}/press/<button_id>"),
    wrong.new_records_lie_anywhere: a_client_for_somebody_else,
    wrong.refusals_tell_hidden_values: a_refusal_that_knows_the_cost,
    wrong.users_are_edited_everywhere: status(
        "hal", "/user/1/edit", 422, roles="chief", _version="2"
    ),
}


def chosen() -> list[Mutant]:
    """Returns the mutants of this run: before a commit every third, nightly all."""
    return list(MUTANTS)[:: examples(3, nightly=1)]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with WORLDS["sharp"]() as world:
        disk = Disk(world)
        yield Place(world, disk)
        disk.close()


@pytest.mark.parametrize("probe", [MUTANTS[one] for one in chosen()])
def test_a_probe_finds_nothing_wrong(place: Place, probe: Probe) -> None:
    begin(place)
    probe(place)


@pytest.mark.parametrize("mutant", chosen(), ids=lambda one: one.__name__)
def test_a_check_is_missed(place: Place, mutant: Mutant) -> None:
    begin(place)
    with Patch.context() as patch:
        mutant(patch)
        with pytest.raises(NOTICED):
            MUTANTS[mutant](place)


def begin(place: Place) -> None:
    """Brings back what the probe before has changed; what rights have answered is kept no more."""
    place.disk.go_back()
    access = place.world.site.services.access
    for kept in (access._fields.readable, access._fields.peekable, access._fields.writable):
        kept.cache_clear()
