"""The pages of the configuration: who sees them, what they show, and when something is applied."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from engine.runtime.plan.history import list_versions
from engine.runtime.tables.system import SESSIONS
from tests.kit.followed import Followed, followed
from tests.kit.web import Browser, Site, words

CRM = """
    name: shop
    label: Corner shop
    entities:
      client:
        label: Client
        plural: Clients
        fields:
          name: {type: text, required: true}
          phone: {type: text, label: Phone}
    roles: {seller: {label: Seller, can: {client: {every: all}}}}
"""
PHONE = "phone: {type: text, label: Phone}"
MOBILE = "mobile: {type: text, label: Mobile}"
PAGE = "/admin/configuration"
SAME = "same.entities.client.fields.mobile"


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Followed]:
    with followed(CRM, tmp_path) as made:
        made.site.user("ivan", "seller")
        made.site.user("eva", "admin", "seller")
        for name in ("Anna", "Boris"):
            made.site.create("client", name=name, phone=f"of {name}")
        yield made


@pytest.fixture
def eva(crm: Followed) -> Browser:
    return crm.site.browser("eva")


def plan_of(page: TestResponse) -> str:
    """Returns the digest of the plan that a page shows."""
    found = re.search(r'name="plan" value="([0-9a-f]+)"', page.text)
    assert found is not None, words(page)
    return found[1]


def consent_of(page: TestResponse) -> str:
    found = re.search(r'name="consent" value="([0-9a-f]+)"', page.text)
    return found[1] if found else ""


def agreeing(page: TestResponse, **more: str) -> dict[str, str]:
    """Returns the form of a page with all its ticks."""
    return {"plan": plan_of(page), "yes": "1", "consent": consent_of(page), **more}


def versions(crm: Followed) -> int:
    return len(list_versions(crm.site.services.database))


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/1", f"{PAGE}/note"])
def test_nobody_else_finds_them(crm: Followed, path: str) -> None:
    crm.edit(PHONE, "phone: {type: txet}")
    answer = crm.site.browser("ivan").get(path)

    assert answer.status_code == 404
    assert "txet" not in answer.text
    assert crm.site.browser().get(path).status_code == 303
    assert "ivan" in crm.site.log("denied")


def test_a_seller_hears_nothing_of_the_folder(crm: Followed) -> None:
    crm.edit(PHONE, "phone: {type: txet}")
    assert "mistake in the configuration" not in crm.site.browser("ivan").get("/my-day").text
    assert "1 mistake in the configuration" in words(crm.site.browser("eva").get("/my-day"))


def test_a_mistake_stands_with_its_lines_and_its_cure(crm: Followed, eva: Browser) -> None:
    crm.edit(PHONE, "phone: {type: txet, label: Phone}")
    page = eva.get(PAGE)

    assert "'txet' is not a field type E106" in words(page)
    assert "crm.yaml, line 9, column 21" in words(page)
    assert '<mark class="bad">txet</mark>' in page.text
    assert f'<span class="caret" aria-hidden="true">{" " * 20}^^^^</span>' in page.text
    assert "Did you mean 'text'?" in words(page)
    assert "What E106 means" in words(page)


def test_a_warning_is_shown_beside_what_is_served(crm: Followed, eva: Browser) -> None:
    crm.edit(PHONE, f"{PHONE}\n      city: text")
    page = words(eva.get(PAGE))
    assert "The folder is what is served" in page


def test_a_plan_is_applied_by_the_person_who_agreed(crm: Followed, eva: Browser) -> None:
    crm.edit(f"      {PHONE}\n", "")
    page = eva.get(PAGE)
    assert "retired; 2 records keep their value, hidden" in words(page)
    answer = eva.post(PAGE, agreeing(page))

    assert answer.status_code == 303
    assert crm.version.author == "eva"
    assert "phone" not in crm.services.application.entity("client").fields
    assert "Applied: 1 change." in words(eva.get(PAGE))


@pytest.mark.parametrize("missing", ["yes", "consent", "plan"])
def test_nothing_happens_before_everything_is_said(
    crm: Followed, eva: Browser, missing: str
) -> None:
    crm.edit("phone: {type: text", "phone: {type: number")
    page = eva.get(PAGE)
    assert consent_of(page)
    before = crm.site.digest()
    answer = eva.post(PAGE, agreeing(page) | {missing: ""})

    assert answer.status_code == 422
    assert "Nothing was applied" in words(answer)
    assert plan_of(answer) == plan_of(page)
    assert crm.site.digest() == before


def test_an_answer_keeps_the_values_without_a_script(crm: Followed, eva: Browser) -> None:
    crm.edit(PHONE, MOBILE)
    page = eva.get(PAGE)
    assert "phone has vanished and mobile is new. Is it the same?" in words(page)
    unsaid = eva.post(PAGE, agreeing(page))
    assert "Say first of what is new" in words(unsaid)
    seen = eva.post(PAGE, agreeing(page, **{SAME: "phone"}))
    assert seen.status_code == 422
    assert "the plan is another one now" in words(seen)
    assert "renamed from phone; 2 values stay" in words(seen)
    eva.post(PAGE, agreeing(seen, **{SAME: "phone"}))

    record = words(eva.get("/client/1"))
    assert "Mobile" in record
    assert "of Anna" in record


def test_who_answered_renamed_is_told_what_the_folder_lacks(crm: Followed, eva: Browser) -> None:
    lacks = "Write `was: phone` at entities.client.fields.mobile, so that other databases know it"
    crm.edit(PHONE, MOBILE)
    seen = eva.get(PAGE, query={SAME: "phone"})
    assert lacks not in words(seen)
    eva.post(PAGE, agreeing(seen, **{SAME: "phone"}))

    assert lacks in words(eva.get(PAGE))
    crm.edit(MOBILE, "mobile: {type: text, label: Mobile, was: phone}")
    assert lacks not in words(eva.get(PAGE))


def test_the_other_answer_puts_the_values_away(crm: Followed, eva: Browser) -> None:
    crm.edit(PHONE, MOBILE)
    answer = eva.post(PAGE, agreeing(eva.get(PAGE), **{SAME: ""}))

    assert answer.status_code == 303
    assert "of Anna" not in words(eva.get("/client/1"))


def test_an_answer_draws_the_plan_anew(crm: Followed, eva: Browser) -> None:
    crm.edit(PHONE, MOBILE)
    part = eva.get(PAGE, htmx=True, query={SAME: "phone"})

    assert part.text.lstrip().startswith('<div id="plan" class="stack">')
    assert "renamed from phone" in words(part)
    assert eva.get(PAGE, query={"other": "1"}).status_code == 400
    assert eva.get(PAGE, query={"same.entities.nothing": "x"}).status_code == 200


def test_data_that_changed_meanwhile_show_the_new_plan(crm: Followed, eva: Browser) -> None:
    crm.edit(f"      {PHONE}\n", "")
    page = eva.get(PAGE)
    crm.site.create("client", name="Clara", phone="of Clara")
    answer = eva.post(PAGE, agreeing(page))

    assert answer.status_code == 422
    assert "the plan is another one now" in words(answer)
    assert "3 records keep their value" in words(answer)
    assert versions(crm) == 1


def test_a_folder_that_changed_meanwhile_shows_the_new_plan(crm: Followed, eva: Browser) -> None:
    crm.edit(f"      {PHONE}\n", "")
    page = eva.get(PAGE)
    crm.edit("label: Client", "label: Customer")
    answer = eva.post(PAGE, agreeing(page))

    assert answer.status_code == 422
    assert "Customer" in words(answer)
    assert versions(crm) == 1


def test_a_second_press_changes_nothing(crm: Followed, eva: Browser) -> None:
    crm.edit(f"      {PHONE}\n", "")
    form = agreeing(eva.get(PAGE))
    eva.post(PAGE, form)
    before = versions(crm)
    again = eva.post(PAGE, form)

    assert again.status_code == 303
    assert "There is nothing to answer any more." in words(eva.get(PAGE))
    assert versions(crm) == before


def test_one_goes_back_and_the_folder_waits(crm: Followed, eva: Browser) -> None:
    crm.edit(PHONE, f"{PHONE}\n      city: {{type: text}}")
    crm.edit("label: Client", "label: Customer")
    page = eva.get(f"{PAGE}/1")
    assert "Go back to this version" in words(page)
    answer = eva.post(f"{PAGE}/1/back", agreeing(page))

    assert answer.status_code == 303
    assert "city" not in crm.services.application.entity("client").fields
    assert crm.look().taken_back
    said = words(eva.get(PAGE))
    assert "Somebody has gone back from what stands in the folder" in said
    assert "back to 1" in said
    crm.edit("label: Phone", "label: Telephone")
    assert crm.live.state.taken_back
    assert crm.services.application.entity("client").fields["phone"].label == "Phone"
    eva.post(PAGE, agreeing(eva.get(PAGE)))
    assert crm.services.application.entity("client").fields["phone"].label == "Telephone"


def test_what_was_not_taken_back_is_applied_again_by_itself(crm: Followed, eva: Browser) -> None:
    crm.edit(PHONE, f"{PHONE}\n      city: {{type: text}}")
    eva.post(f"{PAGE}/1/back", agreeing(eva.get(f"{PAGE}/1")))
    crm.edit("\n      city: {type: text}", "")
    state = crm.edit("label: Phone", "label: Telephone")

    assert not state.taken_back
    assert crm.services.application.entity("client").fields["phone"].label == "Telephone"


def test_going_back_twice_is_going_back_once(crm: Followed, eva: Browser) -> None:
    crm.edit("label: Client", "label: Customer")
    form = agreeing(eva.get(f"{PAGE}/1"))
    eva.post(f"{PAGE}/1/back", form)
    before = versions(crm)
    again = eva.post(f"{PAGE}/1/back", form)

    assert again.status_code == 422
    assert versions(crm) == before


def test_a_way_back_without_an_answer_changes_nothing(crm: Followed, eva: Browser) -> None:
    crm.edit(f"      {PHONE}\n", "")
    eva.post(PAGE, agreeing(eva.get(PAGE)))
    crm.edit("label: Client", "label: Customer")
    served = Site(crm.services, crm.site.app, crm.site.clock)
    form, before = agreeing(eva.get(f"{PAGE}/1")), served.digest()
    for lacking in ({"yes"}, {"plan"}, {"yes", "plan"}):
        said = {name: text for name, text in form.items() if name not in lacking}
        assert eva.post(f"{PAGE}/1/back", said).status_code in (409, 422), lacking
        assert served.digest() == before
    assert eva.post(f"{PAGE}/1/back", form).status_code == 303


def test_a_version_that_is_not_there_is_not_found(crm: Followed, eva: Browser) -> None:
    for answer in (eva.get(f"{PAGE}/99"), eva.post(f"{PAGE}/99/back", {"plan": "x"})):
        assert answer.status_code in (404, 409)
    del crm


def test_a_process_without_a_folder_says_so(crm: Followed) -> None:
    crm.site.app.extensions["kartoteka"] = lambda: crm.site.services
    eva = crm.site.browser("eva")
    assert "This process serves without a folder." in words(eva.get(PAGE))
    assert 'data-every="30000"' in eva.get("/my-day").text
    assert eva.post(PAGE, {"plan": "x"}).status_code == 303


@pytest.mark.parametrize(
    "language, said", [("bg", "Папката има грешки"), ("ru", "В папке есть ошибки")]
)
def test_it_speaks_the_language_of_the_person(crm: Followed, language: str, said: str) -> None:
    crm.edit(PHONE, "phone: {type: txet}")
    eva = crm.site.browser("eva")
    eva.client.set_cookie("kartoteka_language", language)
    page = eva.get(PAGE)
    assert said in words(page)
    assert '<h3 id="problem-1" lang="en">' in page.text


# --- What every open page asks again and again ---


def test_asking_what_is_served_touches_nothing(crm: Followed, eva: Browser) -> None:
    eva.get("/my-day")
    database = crm.site.services.database
    asked: list[str] = []
    crm.current()

    def listen(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(database.engine, "before_cursor_execute", listen)
    first = eva.get("/served").get_json()
    event.remove(database.engine, "before_cursor_execute", listen)
    assert asked == []
    crm.site.clock.pass_(timedelta(hours=13))
    eva.get("/served")
    with database.read() as connection:
        seen = connection.scalars(text(f"SELECT DISTINCT seen_at FROM {SESSIONS.name}")).all()
    assert len(seen) == 1
    assert eva.get("/my-day").status_code == 303  # the session was idle for too long meanwhile
    assert first["version"] in crm.services.application.digest
    assert not eva.get("/served").headers.getlist("Set-Cookie")


def test_what_is_served_is_another_after_each_change(crm: Followed, eva: Browser) -> None:
    seen = [eva.get("/served").get_json()]
    crm.edit("label: Phone", "label: Telephone")
    seen.append(eva.get("/served").get_json())
    crm.edit("type: text, label", "type: txet, label")
    seen.append(eva.get("/served").get_json())

    assert len({one["version"] for one in seen}) == 2
    assert len({one["folder"] for one in seen}) == 3


# --- Forms that a version before has drawn ---


def drawn(page: TestResponse) -> dict[str, str]:
    """Returns the hidden inputs of a form."""
    found = re.findall(r'<input type="hidden" name="(_(?!csrf)\w+)" value="([^"]*)"', page.text)
    return dict(found)


def test_an_old_form_is_saved_by_the_new_version(crm: Followed) -> None:
    ivan = crm.site.browser("ivan")
    form = {**drawn(ivan.get("/client/new")), "name": "Clara", "phone": "of Clara"}
    crm.edit(PHONE, f"{PHONE}\n      city: {{type: text, label: City}}")
    assert ivan.post("/client/new", form).status_code == 303
    assert "of Clara" in words(ivan.get("/client/3"))


@pytest.mark.parametrize("how", ["was", "an answer"])
def test_an_old_form_fills_the_field_under_its_new_name(crm: Followed, how: str) -> None:
    ivan, eva = crm.site.browser("ivan"), crm.site.browser("eva")
    form = {**drawn(ivan.get("/client/new")), "name": "Clara", "phone": "of Clara"}
    crm.edit(PHONE, MOBILE.replace("}", ", was: phone}") if how == "was" else MOBILE)
    answer = {} if how == "was" else {SAME: "phone"}
    eva.post(PAGE, agreeing(eva.get(PAGE, query=answer), **answer))
    assert ivan.post("/client/new", form).status_code == 303
    assert "of Clara" in words(ivan.get("/client/3"))


def test_an_old_form_says_what_has_no_field_any_more(crm: Followed) -> None:
    ivan, eva = crm.site.browser("ivan"), crm.site.browser("eva")
    form = {**drawn(ivan.get("/client/1/edit")), "name": "Anna B.", "phone": "a new one"}
    crm.edit(f"      {PHONE}\n", "")
    eva.post(PAGE, agreeing(eva.get(PAGE)))
    answer = ivan.post("/client/1/edit", form)

    assert answer.status_code == 422
    assert "no field “phone” any more. You had written there: a new one" in words(answer)
    assert 'value="Anna B."' in answer.text
    again = {**drawn(answer), "name": "Anna B."}
    assert ivan.post("/client/1/edit", again).status_code == 303


def test_an_old_page_is_told_why_something_is_gone(crm: Followed) -> None:
    ivan, eva = crm.site.browser("ivan"), crm.site.browser("eva")
    old = drawn(ivan.get("/client/1"))
    crm.edit(f"      {PHONE}\n", "")
    eva.post(PAGE, agreeing(eva.get(PAGE)))
    answer = ivan.post("/client/1/press/nothing", {"_served": old["_served"]})

    assert answer.status_code == 404
    assert "This CRM was improved while your page was open" in words(answer)
