"""The traps of YAML, one by one: a sentence of its own at the right place."""

import pytest

from engine.metadata.load import load_sources
from engine.metadata.problems import Severity
from tests.kit.applications import loaded

FIELD = "entities: {client: {fields: {name: text, x: %s}}}"
TRAPS = {
    "{type: number, formula: round(a, 2)}": ("E129", "round(a, 2)"),
    "{type: text, visible_when: name in ['won', 'lost']}": ("E122", "["),
    "{type: text, help: Note: this}": ("E121", ":"),
    "{type: text, help: Flat #3}": ("E130", "#3}}}}"),
    '{type: text, pattern: "^\\d+"}': ("E124", "\\d"),
    "{type: text, help: @home}": ("E125", "@"),
    "{type: text, help: %d}": ("E125", "%"),
    "{type: text, visible_when: !name}": ("E113", "!name"),
    "{type: text, help: *all}": ("E113", "*all"),
    "{type: text, help: &all x}": ("E113", "&all"),
    "{type: text, visible_when: {{ name }}}": ("E128", "{{ name }}"),
    "{type: text, visible_when: name = 'a'}": ("E304", "="),
    "{type: text, visible_when: name == 'a' && name}": ("E304", "&&"),
    "{type: text, visible_when: name == 'a' || name}": ("E304", "||"),
    "{type: text, visible_when: not name == “a”}": ("E305", "“"),
    "{type: “text”}": ("E106", "“text”"),
    "{type: text, visible_when: nаme == 'a'}": ("E306", "а"),
    "{tуpe: text}": ("E102", "tуpe"),
}
LINES = {
    "label: Note: this": ("E121", ":"),
    "label: 'a' in tags": ("E123", "'a'"),
    "label: {{ x }}": ("E128", "{{ x }}"),
    "label: {{ x }} and more": ("E128", "{{ x }}"),
    "engine: >=1.0": ("E127", ">=1.0"),
    "label: @x": ("E125", "@"),
    "label:": ("E105", "label"),
    "theme: {color: }": ("E105", "color"),
    "theme:\n\tcolor: red": ("E126", "\t"),
    "theme:\n  color: #1f7a5c": ("E131", "#1f7a5c"),
    "label: Shop\nlabel: Store": ("E111", "label"),
    "---\nlabel: a\n---\nlabel: b": ("E113", "---"),
    "<<: {label: a}": ("E113", "<<"),
    "label: [a": ("E134", "["),
    "label: 'a": ("E134", "'"),
    "label:\u00a0Shop": ("E117", "\u00a0"),
    "languages: {en, bg}": ("E118", "{"),
    "workdays: {days: [mon], from: 9:00, to: 8:00}": ("E604", "8:00"),
}


@pytest.mark.parametrize("line, expected", LINES.items())
def test_trap_on_a_line(line: str, expected: tuple[str, str]) -> None:
    assert found(f"name: shop\n{line}\n") == [expected]


@pytest.mark.parametrize("field, expected", TRAPS.items())
def test_trap_in_a_field(field: str, expected: tuple[str, str]) -> None:
    assert found(f"name: shop\n{FIELD % field}\n") == [expected]


def test_a_text_cut_by_a_comment_is_a_warning() -> None:
    (problem,) = loaded("name: shop\nlabel: Flat #3\n").problems
    assert (problem.code, problem.severity, problem.mark.column) == (
        "W135",
        Severity.WARNING,
        13,
    )
    assert loaded("name: shop\nlabel: Flat # the third one\n").problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "entities: {a: {fields: {name: text, x: {type: choice, options: [yes, no, on, off]}}}}",
        "workdays: {from: 9:00, to: 17:30}",
        "version: 1.10",
        "label: 0x1F",
        "label: ''",
        "start: {}",
    ],
)
def test_looks_like_a_trap_and_is_none(text: str) -> None:
    assert found(f"name: shop\n{text}\n") == []


def test_words_keep_their_looks() -> None:
    text = "name: shop\nversion: 1.10\nlabel: 007\n"
    application = loaded(text).application
    assert application is not None
    assert (application.version, application.label) == ("1.10", "007")


def test_a_byte_order_mark_and_windows_line_ends_are_read_and_said() -> None:
    text = "\ufeffname: shop\r\nlabel: Shop\r\nlangauge: en\r\n"
    result = load_sources({"crm.yaml": text})
    assert [(one.code, one.mark.line, one.mark.column) for one in result.problems] == [
        ("W132", 1, 1),
        ("W133", 1, 1),
        ("E102", 3, 1),
    ]


def test_one_syntax_error_hides_nothing_else() -> None:
    result = loaded(
        """
        name: shop
        label: @shop
        entities:
          client:
            fields:
              name: {type: text, requird: true}
              phone: {type: phone, help: Note: this}
              email: {type: emial}
          deal:
            title: {{ name }}
            fields: {name: text, x: {type: txt}}
        roles:
          seller: {cann: {}}
        """,
        **{"other.yaml": "teams:\n  a: {labl: A}\n  b: 'x' y\n"},
    )
    assert [(one.mark.file, one.mark.line, one.code) for one in result.problems] == [
        ("crm.yaml", 2, "E125"),
        ("crm.yaml", 6, "E102"),
        ("crm.yaml", 7, "E121"),
        ("crm.yaml", 8, "E106"),
        ("crm.yaml", 10, "E128"),
        ("crm.yaml", 11, "E106"),
        ("crm.yaml", 13, "E102"),
        ("other.yaml", 2, "E102"),
        ("other.yaml", 3, "E123"),
    ]


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 5_000, "- " * 5_000])
def test_depth_is_bounded(text: str) -> None:
    assert "E114" in found_codes(f"a:\n  {text}")


def test_depth_below_keys_is_bounded() -> None:
    text = "".join(f"{' ' * depth}a:\n" for depth in range(60))
    assert "E114" in found_codes(text)


def test_size_is_bounded() -> None:
    assert found_codes("name: " + "a" * 1_100_000) == ["E101"]
    assert "E114" in found_codes("languages: [" + "a, " * 110_000 + "a]")


def found(text: str) -> list[tuple[str, str]]:
    """Returns code and marked text of every error."""
    result = loaded(text)
    lines = text.split("\n")
    return [
        (
            one.code,
            lines[one.mark.line - 1][one.mark.column - 1 : one.mark.column - 1 + one.mark.length],
        )
        for one in result.problems
        if one.severity is Severity.ERROR
    ]


def found_codes(text: str) -> list[str]:
    """Returns the codes of all problems."""
    return [one.code for one in loaded(text).problems]
