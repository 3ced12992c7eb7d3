"""A board: lanes in the order of the pipeline, what a card says, counts and sums, the address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.runtime.actor import ENGINE
from tests.kit.accounts import MONDAY
from tests.kit.deals import deal, open_deals
from tests.kit.pages import counting
from tests.kit.web import Browser, Site, words


@pytest.fixture
def site() -> Iterator[Site]:
    with open_deals() as opened:
        yield opened


@pytest.fixture
def hana(site: Site) -> Browser:
    return site.browser("hana")


def tile(text: str, number: int) -> str:
    """Returns what a card says, with single spaces."""
    start = text.index(f'id="tile-{number}"')
    end = text.index("</li>", start)
    plain = re.sub(r"<[^>]+>", " ", text[text.index(">", start) + 1 : end])
    return " ".join(plain.replace("\xa0", " ").split())


def lanes(text: str) -> dict[str, list[int]]:
    """Returns the cards of each lane by their numbers."""
    parts = re.split(r'<section class="col"[^>]*data-lane="([a-z]+)"', text)
    return {
        name: [int(one) for one in re.findall(r'id="tile-(\d+)"', part)]
        for name, part in zip(parts[1::2], parts[2::2], strict=True)
    }


def test_stages_stand_in_their_order_with_their_cards(site: Site, hana: Browser) -> None:
    new, won = deal(site), deal(site, "won")
    page = hana.get("/views/board")

    assert page.status_code == 200
    assert lanes(page.text) == {
        "new": [new],
        "quote": [],
        "think": [],
        "order": [],
        "won": [won],
        "lost": [],
    }
    assert 'data-color="teal" data-lane="think"' in page.text
    assert "Deals by stage" in words(page)


def test_a_card_says_what_the_view_shows_and_leaves_out_what_is_empty(
    site: Site, hana: Browser
) -> None:
    full = deal(
        site,
        "order",
        name="Anna Petrova",
        amount="3328",
        metres="6.4",
        fitting="2026-03-12",
        urgent=True,
    )
    bare = deal(site, name="Boris Iliev")
    text = hana.get("/views/board").text

    assert tile(text, full) == (
        "Anna Petrova 3,328.00 € SS Seller: Sam Seller Fitting 12 Mar Metres 6.4 m Urgent"
        " Move or change"
    )
    assert tile(text, bare) == "Boris Iliev No amount yet SS Seller: Sam Seller Move or change"


def test_the_next_task_about_a_record_stands_on_its_card(site: Site, hana: Browser) -> None:
    late, today, later = deal(site), deal(site), deal(site)
    for about, due in ((late, -30), (today, 90), (today, 200), (later, 3000)):
        at = (MONDAY + timedelta(minutes=due)).isoformat()
        to = site.actor("sam").user_id
        site.create("task", subject="Call", type="call", due=at, to=to, about=f"deal/{about}")
    text = hana.get("/views/board").text

    assert "Call: Today 10:30, late" in tile(text, late)
    assert "Call: Today 12:30" in tile(text, today)
    assert "Call: Wed 4 13:00" in tile(text, later)
    assert text.count("tile-line late") == 1
    assert text.count("tile-line soon") == 1


def test_a_promise_that_is_over_is_late_unless_something_is_planned(
    site: Site, hana: Browser
) -> None:
    over, planned, ended = deal(site), deal(site), deal(site, "won")
    told = deal(site, next_contact="tomorrow 15:00")
    for number in (over, planned, ended):
        missed = {"next_contact": "2026-03-01 10:00", "fitting": "2026-02-02"}
        site.services.records.update(ENGINE, "deal", number, missed, None)
    to = site.actor("sam").user_id
    site.create("task", subject="Call", due="tomorrow 9:00", to=to, about=f"deal/{planned}")
    site.create("task", subject="Mail", due="tomorrow 15:00", to=to, about=f"deal/{told}")
    text = hana.get("/views/board").text

    assert "Next contact" not in tile(text, told)
    assert "Mail: Tomorrow 15:00" in tile(text, told)
    assert "Next contact Yesterday 10:00, late" in tile(text, over)
    assert "Next contact Yesterday 10:00" in tile(text, planned)
    assert "Fitting 2 Feb" in tile(text, over)
    assert text.count("tile-line late") == 1


def test_a_card_that_waits_too_long_is_marked_and_says_so(site: Site, hana: Browser) -> None:
    quiet, ended, waits = deal(site, "quote"), deal(site, "won"), deal(site)
    site.clock.move_to(MONDAY + timedelta(minutes=10))
    fresh = hana.get("/views/board").text
    site.clock.move_to(MONDAY + timedelta(minutes=20))
    in_time = hana.get("/views/board").text
    site.clock.move_to(MONDAY + timedelta(days=9, hours=1))
    stale = site.browser("hana").get("/views/board").text

    assert "is-stale" not in fresh
    assert "Here for 20 min: too long" in tile(in_time, waits)
    assert in_time.count("is-stale") == 1
    assert "No movement for 9 days" in tile(stale, quiet)
    assert "Here for 9 days: too long" in tile(stale, waits)
    assert "No movement" not in tile(stale, ended)


def test_a_lane_brings_twenty_and_then_the_next(site: Site, hana: Browser) -> None:
    made = [deal(site, "won") for _ in range(45)]
    page = hana.get("/views/board")
    first = lanes(page.text)["won"]
    second = hana.get(more(page.text), htmx=True)
    third = hana.get(more(second.text), htmx=True)

    assert "20+" in words(page)
    assert 'href="/deal?stage=won"' in page.text
    found = [*first, *cards(second.text), *cards(third.text)]
    assert (len(first), sorted(found)) == (20, made)
    assert "data-more" not in third.text
    assert focus_keys(page.text)[-1] == focus_keys(second.text)[0]


def test_what_has_ended_stands_by_its_last_change(site: Site, hana: Browser) -> None:
    old, new = deal(site, "won"), deal(site, "won")
    site.clock.pass_(timedelta(minutes=1))
    site.services.records.update(ENGINE, "deal", old, {"metres": "3"}, None)

    assert lanes(hana.get("/views/board").text)["won"] == [old, new]
    assert lanes(hana.get("/views/board?sort=-created_at").text)["won"] == [new, old]


def test_counts_and_sums_come_after_the_cards(site: Site, hana: Browser) -> None:
    for amount in ("10.50", "20", None):
        deal(site, amount=amount)
    page = hana.get("/views/board")
    heads = hana.get("/views/board?_part=heads", htmx=True)

    assert 'hx-get="/views/board?_part=heads" hx-trigger="load"' in page.text
    assert '<span class="sum" id="sum-new"></span>' in page.text
    assert '<span class="sum" id="sum-new" hx-swap-oob="true">30.50\xa0€</span>' in heads.text
    assert '<span class="sum" id="sum-won" hx-swap-oob="true">0.00\xa0€</span>' in heads.text
    assert "3 3 records" in words(heads)


def test_nothing_is_summed_that_one_may_not_read(site: Site) -> None:
    deal(site, amount="10.50")
    gala = site.browser("gala")
    page, heads = gala.get("/views/board"), gala.get("/views/board?_part=heads", htmx=True)

    assert "10.50" not in page.text + heads.text
    assert 'class="sum"' not in page.text + heads.text
    assert "1 record" in words(heads)


def test_who_may_only_look_has_no_handles(site: Site) -> None:
    number = deal(site)
    text = site.browser("gala").get("/views/board").text

    assert f'id="tile-{number}"' in text
    assert "is-movable" not in text
    assert "/drop" not in text


def test_a_board_shows_the_records_that_one_sees(site: Site) -> None:
    mine = deal(site)
    other = deal(site, seller=site.actor("hana").user_id)

    assert lanes(site.browser("sam").get("/views/board").text)["new"] == [mine]
    heads = site.browser("sam").get("/views/board?_part=heads", htmx=True)
    assert "1 record" in words(heads)
    gone = site.browser("sam").get(f"/views/board?_part=card&_record={other}", htmx=True)
    assert "tile" not in gone.text


@pytest.mark.parametrize("address", ["/views/board", "/views/board?_part=heads"])
def test_a_board_of_a_hidden_stage_is_not_there(site: Site, address: str) -> None:
    blair = site.browser("blair")

    assert blair.get(address).status_code == 404
    assert "/views/board" not in blair.get("/deal").text


def test_filters_words_and_state_are_those_of_a_list(site: Site, hana: Browser) -> None:
    small, large = deal(site, amount="10"), deal(site, amount="500", name="Boris")
    gone = deal(site)
    site.services.records.archive(ENGINE, "deal", gone)
    made = hana.get("/views/board?_filter=amount&_op=ge&_value=100")

    assert made.headers["Location"] == "/views/board?amount.ge=100"
    page = hana.get("/views/board?amount.ge=100")
    assert "Amount at least 100" in words(page)
    assert lanes(page.text)["new"] == [large]
    assert lanes(hana.get("/views/board?q=boris").text)["new"] == [large]
    assert set(lanes(hana.get("/views/board").text)["new"]) == {small, large}
    archived = hana.get("/views/board?archived=only").text
    assert lanes(archived)["new"] == [gone]
    assert "is-movable" not in archived
    assert "Nothing matches" in words(hana.get("/views/board?q=nobody"))


def test_the_part_is_the_same_as_that_of_the_page(site: Site, hana: Browser) -> None:
    deal(site)
    page, part = hana.get("/views/board"), hana.get("/views/board", htmx=True)

    assert "<html" not in part.text
    assert part.text[: part.text.index('<div class="show-as"')].strip() in page.text
    assert 'id="show-as" hx-swap-oob="true"' in part.text


def test_the_same_records_are_shown_as_a_list_or_on_a_board(hana: Browser) -> None:
    listed = hana.get("/deal?amount.ge=100&sort=-amount&q=anna").text
    board = hana.get("/views/board?amount.ge=100&q=anna").text

    assert 'href="/views/board?amount.ge=100&amp;q=anna"' in listed
    assert 'href="/deal?amount.ge=100&amp;q=anna"' in board
    assert 'aria-label="Show as"' not in hana.get("/client").text
    side = listed[listed.index('id="sections"') : listed.index("</nav>")]
    assert re.search(
        r'href="/views/board"[^>]*><svg class="icon"[^>]*><use href="[^"]*#i-board', side
    )


def test_one_card_is_drawn_anew_with_the_heads_that_it_changes(site: Site, hana: Browser) -> None:
    number = deal(site, "quote")
    answer = hana.get(f"/views/board?_part=card&_record={number}&_column=new", htmx=True)

    assert cards(answer.text) == [number]
    assert 'data-lane="quote"' in answer.text
    assert re.findall(r'id="count-([a-z]+)" hx-swap-oob', answer.text) == ["new", "quote"]


@pytest.mark.parametrize(
    "query, named",
    [
        ("_column=nowhere", "_column"),
        ("_part=nothing", "_part"),
        ("_part=card&_record=x", "_record"),
        ("_part=card", "_record"),
        ("_column=new&after=rubbish", "after"),
        ("salary=1", "salary"),
        ("_column=new&_column=won", "_column"),
    ],
)
def test_a_bad_query_is_refused_by_the_name_of_its_parameter(
    hana: Browser, query: str, named: str
) -> None:
    page = hana.get(f"/views/board?{query}")

    assert page.status_code == 400
    assert named in words(page)


def test_an_empty_board_says_what_belongs_here_and_the_first_step(site: Site) -> None:
    page = site.browser("hana").get("/views/board")

    assert "No deals yet" in words(page)
    assert 'href="/deal/new"' in page.text
    assert 'href="/deal/new"' not in site.browser("gala").get("/views/board").text


def test_queries_do_not_grow_with_the_number_of_records(site: Site) -> None:
    def asked() -> int:
        with counting(site) as sent:
            assert browser.get("/views/board").status_code == 200
        return len(sent)

    browser = site.browser("sam")
    for stage in ("new", "won"):
        deal(site, stage)
    few = asked()
    for stage in ("new", "quote", "think", "order", "won", "lost"):
        for number in range(6):
            deal(site, stage, name=f"{stage} {number}", fitting="2026-03-12")
    assert asked() == few


def test_labels_are_escaped(site: Site, hana: Browser) -> None:
    deal(site, name="<script>alert(1)</script>")

    assert "<script>alert" not in hana.get("/views/board").text


def cards(text: str) -> list[int]:
    return [int(one) for one in re.findall(r'id="tile-(\d+)"', text)]


def more(text: str) -> str:
    """Returns where the next cards of the only lane that has more are."""
    (found,) = re.findall(r'hx-get="([^"]*_column=[^"]*)"', text)
    return str(found).replace("&amp;", "&")


def focus_keys(text: str) -> list[str]:
    """Returns the marks by which the focus finds its place among the cards."""
    return re.findall(r'data-focus-key="([^"]{20,})"', text)
