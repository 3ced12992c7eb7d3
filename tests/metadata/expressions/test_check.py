"""What an author gets wrong is found at its letters, with the way out; what is right has a type."""

import pytest

from engine.metadata.expressions.compile import check, typed
from engine.metadata.expressions.names import Scope
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.load import load_sources
from engine.metadata.model.field import Field
from engine.metadata.problems import Problem, Severity
from tests.metadata.expressions.sample import (
    APPLICATION,
    CLIENT,
    DEAL,
    MARK,
    SCOPE,
    TASK,
    expression,
    make_field,
    scope_of,
)

# The mistake stands between « and »; then the code, a part of the sentence, a part of the cure.
MISTAKES = (
    # names
    ("«amuont» > 0", "E303", "'amuont' is not a field of deal", "did you mean 'amount'?"),
    ("client.«ctiy» == 'x'", "E303", "'ctiy' is not a field of client", "'city'"),
    ("«name.length»", "E303", "'name' is a text and has no fields", ""),
    ("stage == «lost»", "E303", "no field 'lost'", "quotation marks: 'lost'"),
    ("client.city == «Sofia»", "E303", "no field 'Sofia'", "quotation marks: 'Sofia'"),
    ("«old» is none", "E303", "needs a name behind it", "old.NAME"),
    ("client.«deals» == 1", "E303", "many records", "count(deals)"),
    ("«null» == name", "E304", "'null'", "write none"),
    # foreign spellings
    ("stage «=» 'new'", "E304", "'=' is not used here", "write =="),
    ("hot «&&» done", "E304", "'&&'", "write and"),
    ("hot «||» done", "E304", "'||'", "write or"),
    ("«!»hot", "E304", "'!'", "write not"),
    ("amount «<>» 1", "E304", "'<>'", "write !="),
    ("amount «≥» 1", "E304", "'≥'", "write >="),
    ("hot «AND» done", "E304", "'AND'", "write and"),
    ("hot == «True»", "E304", "'True'", "write true"),
    ("hot «?» 1 : 2", "E304", "'?'", "a if condition else b"),
    ("name == «“»Anna”", "E305", "is not a quotation mark", "'text'"),
    ("client.«с»ity == 'x'", "E306", "the letter 'с' in 'сity'", "type 'city'"),
    # what the grammar has and the language has not
    ("name«|default»('x')", "E307", "no filters", "coalesce(value, other)"),
    ("count «**» 2", "E307", "'**'", "multiply"),
    ("count «//» 2", "E307", "'//'", "round(a / b)"),
    ("count «%» 2", "E307", "'%'", ""),
    ("name «~» 'x'", "E307", "'~'", "concat(a, b)"),
    ("«sqrt»(count)", "E308", "no function 'sqrt'", ""),
    ("«contains»(name, 'x')", "E308", "'contains'", "has(text, part)"),
    ("«name.lower()» == 'x'", "E308", "no methods", "lower(name)"),
    ("tags«[»0]", "E315", "no indexes", ""),
    ("stage in «('new', 'won')»", "E315", "square brackets", "[a, b]"),
    ("name is «empty»", "E315", "no test 'is empty'", "is none"),
    ("«{{ amount > 0 }}»", "E316", "without {{ }}", "write amount > 0"),
    # reading
    ("«(»amount > 1", "E301", "'(' is never closed", "add ')'"),
    ("amount > 1«)»", "E301", "')' closes nothing", ""),
    ("name == «'Anna»", "E301", "never closed", ""),
    ("amount «>»", "E301", "ends after '>'", "complete it"),
    ("hot «done»", "E301", "'done' is not expected here", "and, or"),
    ("amount > «1e9»", "E318", "no plain number", ""),
    ("amount > «0.1234567»", "E318", "6 of them after the point", ""),
    # functions
    ("«round()»", "E309", "called with 0 values", "round(number, decimals)"),
    ("round(«name»)", "E309", "needs a number, and name is a text", ""),
    ("due + days(«1.5»)", "E309", "a whole number", "round(x)"),
    ("start_of(«'decade'»)", "E309", "'quarter'", ""),
    ("concat(name, «amount»)", "E309", "amount is money", "{{ amount }}"),
    ("coalesce(«hot», done)", "E309", "yes or no", "never empty"),
    # comparing
    ("stage == «'lots'»", "E311", "'lots' is not one of the options", "did you mean 'lost'?"),
    ("stage in ['new', «'Won'»]", "E311", "'Won'", "'won'"),
    ("«'wip'» in tags", "E311", "'wip'", "'vip', 'oak', 'urgent_now'"),
    ("amount «>» '5'", "E310", "money can't be compared with a text", "without quotation marks"),
    ("hot «==» 'yes'", "E310", "yes or no", "write hot, or not hot"),
    ("«hot» is none", "E310", "never empty", "not hot"),
    ("stage «>» 'new'", "E310", "a choice is not more or less", "stage in ['a', 'b']"),
    ("tags «==» 'vip'", "E310", "a list of choices", "'option' in tags"),
    ("owner «==» 'Ivan'", "E310", "a link to user", "owner == user"),
    ("client «==» owner", "E310", "a link to client", "client.title"),
    ("'oak' in «comment»", "E310", "nothing is in it", "has(text, part)"),
    ("stage «==» source", "E310", "no option in common", ""),
    ("start «<» now()", "E310", "a date can't be compared", "start_of('day')"),
    ("due «==» '2026-03-02'", "E310", "never the same as a whole day", ">= '2026-03-02'"),
    ("now() - created_at > «months(1)»", "E310", "no fixed length", "compare moments"),
    ("start < «'02.03.2026'»", "E314", "not a date", "'2026-03-02'"),
    ("start < «'2026-02-30'»", "E314", "no day 2026-02-30", ""),
    ("due < «'2026-03-02 25:00'»", "E314", "no moment", ""),
    # calculating
    ("amount «*» prepaid", "E312", "money can't be multiplied by money", ""),
    ("count «/» amount", "E312", "divided by money", ""),
    ("amount «+» length_m", "E312", "money and a number can't be added", ""),
    ("name «+» comment", "E312", "can't be added", "concat(a, b)"),
    ("start «+» 3", "E312", "can't be added", "days(3)"),
    ("start «+» hours(2)", "E312", "can't be added", "days(1)"),
    ("start «-» due", "E312", "can't be subtracted", "start_of('day', moment)"),
    ("«workdays(2)»", "E312", "needs a date", "now() + workdays(n)"),
    # conditions
    ("«amount» and hot", "E313", "amount is money", "amount > 0"),
    ("not «owner»", "E313", "owner is a link to user", "owner is not none"),
    ("«stage» or hot", "E313", "stage is a choice", "stage == 'new'"),
    ("«hot if done»", "E313", "never empty", "else false"),
    # the language has it, this version does not run it yet
    ("«sum(orders.amount)» > 1", "L301", "sum()", ""),
    ("«max(deals.amount)»", "L301", "max()", ""),
    ("«ask».comment is none", "E320", "'ask'", ""),
    ("«position» is none", "L302", "'position'", ""),
    ("since(«source») > days(3)", "E309", "since()", "write since(stage)"),
)


@pytest.mark.parametrize("marked, code, sentence, cure", MISTAKES, ids=[one[0] for one in MISTAKES])
def test_a_mistake_is_named_at_its_letters(
    marked: str, code: str, sentence: str, cure: str
) -> None:
    start = marked.index("«")
    end = marked.index("»") - 1
    problem = only_problem(marked.replace("«", "").replace("»", ""))
    assert (problem.code, problem.message) == (code, problem.message)
    assert sentence in problem.message
    assert cure in problem.hint
    place = problem.mark.column - MARK.column
    assert (place, place + problem.mark.length) == (start, end)
    assert problem.severity is (Severity.LATER if code[0] == "L" else Severity.ERROR)


def only_problem(text: str, scope: Scope = SCOPE) -> Problem:
    found, problems = check(expression(text), scope)
    assert found is None
    (problem,) = problems
    return problem


def test_all_mistakes_of_a_condition_are_found_in_one_run() -> None:
    _, problems = check(expression("foo > 1 and stage == 'lots' and (amount or bar)"), SCOPE)
    assert [one.code for one in problems] == ["E303", "E311", "E313", "E303"]


def test_a_mistake_in_a_later_line_is_named_in_its_line() -> None:
    problem = only_problem("hot\n  and amuont > 0")
    assert (problem.mark.line, problem.mark.column) == (MARK.line + 1, MARK.column + 6)


@pytest.mark.parametrize(
    "text, kind, scale",
    [
        ("amount - prepaid", Kind.MONEY, 2),
        ("length_m * amount", Kind.MONEY, 2),
        ("amount / 3", Kind.MONEY, 2),
        ("amount / prepaid", Kind.NUMBER, 6),
        ("count * rooms", Kind.INTEGER, 0),
        ("count / rooms", Kind.NUMBER, 6),
        ("length_m * count", Kind.NUMBER, 2),
        ("factor * length_m", Kind.NUMBER, 6),
        ("discount / 100 * amount", Kind.MONEY, 2),
        ("round(length_m)", Kind.INTEGER, 0),
        ("max(0, amount)", Kind.MONEY, 2),
        ("start - finish", Kind.INTEGER, 0),
        ("due - now()", Kind.DURATION, 0),
        ("start + days(3)", Kind.DATE, 0),
        ("end_of('day')", Kind.INSTANT, 0),
        ("start_of('month', start)", Kind.DATE, 0),
        ("client.owner.team.name", Kind.TEXT, 0),
        ("client.owner.team", Kind.LINK, 0),
        ("'won' if hot else stage", Kind.CHOICE, 0),
        ("age(client.birthday) >= 18 and 'head' in user.roles", Kind.BOOL, 0),
    ],
)
def test_what_is_right_has_a_type(text: str, kind: Kind, scale: int) -> None:
    found = typed(expression(text), SCOPE)
    assert (found.kind, found.scale) == (kind, scale)


@pytest.mark.parametrize(
    "text, field, cure",
    [
        ("amount > 0", make_field("deal", "x", "money"), "this place needs money"),
        ("'lots'", DEAL.fields["stage"], "'lots' is not one of the options"),
        ("factor", DEAL.fields["count"], "this place needs a whole number"),
        ("client", DEAL.fields["owner"], "this place needs a link to user"),
        ("now()", DEAL.fields["start"], "this place needs a date"),
        ("amount", DEAL.fields["hot"], "a condition is true or false"),
    ],
)
def test_a_value_fits_the_field_it_is_written_to(text: str, field: Field, cure: str) -> None:
    _, (problem,) = check(expression(text), SCOPE, field)
    assert cure in problem.message


def test_a_condition_is_asked_for_by_its_kind() -> None:
    _, (problem,) = check(expression("amount"), SCOPE, Kind.BOOL)
    assert problem.code == "E313"
    assert check(expression("amount > 0"), SCOPE, Kind.BOOL)[1] == ()


def test_what_an_expression_reads_is_known() -> None:
    found = typed(expression("client.city == old.name and owner == user and due < now()"), SCOPE)
    assert found.paths == {("client", "city"), ("old", "name"), ("owner",), ("user",), ("due",)}
    assert (found.uses_clock, found.names_user, found.names_old) == (True, True, True)
    plain = typed(expression("amount > 0"), SCOPE)
    assert (plain.uses_clock, plain.names_user, plain.names_old) == (False, False, False)


def test_a_link_to_any_record_is_followed_by_the_kind_of_record() -> None:
    found = typed(expression("deal.client.city == 'Sofia' and about is not none"), scope_of(TASK))
    assert found.paths == {("deal", "client", "city"), ("about",)}
    assert "name the kind of record" in only_problem("about.name == 'x'", scope_of(TASK)).hint
    assert only_problem("deal is none", scope_of(TASK)).code == "E303"
    assert only_problem("about == about", scope_of(TASK)).code == "E310"


def test_a_place_brings_names_of_its_own() -> None:
    scope = Scope(
        APPLICATION,
        DEAL,
        extra={
            "ask": {"comment": DEAL.fields["comment"]},
            "record": CLIENT,
            "try": DEAL.fields["count"],
        },
    )
    text = "ask.comment == record.city and try < 3"
    found = typed(expression(text), scope)
    assert found.paths == {("ask", "comment"), ("record", "city"), ("try",)}
    assert (
        only_problem("ask.foo is none", scope).message == "unknown name 'foo': ask has no such name"
    )


def test_a_field_that_does_not_run_yet_is_later_behind_a_link_too() -> None:
    scope = scope_of(DEAL, later=frozenset({"client.photo"}))
    assert only_problem("client.photo is none", scope).code == "L302"


def test_the_meaning_of_a_checked_expression_is_kept() -> None:
    assert typed(expression("amount > 1"), SCOPE) is typed(expression("amount > 1"), SCOPE)
    assert typed(expression("name > 'a'"), SCOPE) is not typed(
        expression("name > 'a'"), scope_of(CLIENT)
    )


def test_a_mistake_in_a_folded_text_is_named_where_the_text_begins() -> None:
    result = load_sources(
        {"crm.yaml": "name: a\nentities:\n  b: {fields: {c: {type: bool, formula: not\n    d}}}\n"}
    )
    (problem,) = result.problems
    assert (problem.code, problem.mark.line, problem.mark.column) == ("E303", 3, 41)
