"""The sentences for YAML's traps; `traps.py` finds them. Each docstring is a page of help."""

from __future__ import annotations

from collections.abc import Mapping

from engine.metadata.explain import Explained
from engine.metadata.nodes import Entry, Scalar
from engine.metadata.problems import Mark, Problem, Severity


def unreadable(mark: Mark, detail: str) -> Problem:
    """A place that YAML can't read, and none of the known traps.

    Bad:
        name: shop
        label
        language: en
    Good:
        name: shop
        label: Shop
        language: en
    """
    return Problem(
        "E120",
        mark,
        f"YAML can't be read on from here ({detail})",
        "look at the colon, the quotes and the brackets of this line and of the one above",
    )


def too_deep_a_line(mark: Mark) -> Problem:
    """A line whose indentation fits nothing above it.

    Keys of the same map begin in the same column; a key with a value has nothing below it.

    Bad:
        name: shop
          label: Shop
    Good:
        name: shop
        label: Shop
    """
    return Problem(
        "E119",
        mark,
        "the indentation of this line does not fit the lines above it",
        "begin it in the same column as the other keys of its map",
    )


def second_colon(mark: Mark, found: str) -> Problem:
    """A colon with a blank after it, inside a text without quotes: YAML takes it for a key.

    Bad:
        name: shop
        label: Note: this is a shop
    Good:
        name: shop
        label: "Note: this is a shop"
    """
    hint = f"put the whole text in quotes: {quoted(found)}"
    return Problem("E121", mark, "a colon inside this text ends it", hint)


def bracket_in_flow(mark: Mark, found: str) -> Problem:
    """A bracket inside a value of a `{...}` map: YAML begins a list in the middle of the text.

    Bad:
        name: shop
        scopes:
          open: {entity: user, where: name in ['a', 'b']}
    Good:
        name: shop
        scopes:
          open: {entity: user, where: "name in ['a', 'b']"}
    """
    sign = next(one for one in found if one in "[{")
    return Problem(
        "E122",
        mark,
        f"inside {{ }} a '{sign}' begins a new list or map, in the middle of this value",
        f"put the whole value in quotes: {quoted(found)}",
    )


def quote_and_more(mark: Mark, found: str) -> Problem:
    """A value that begins with a quote and goes on after it: YAML ends the text at the quote.

    Bad:
        name: shop
        scopes:
          mine:
            entity: user
            where: 'a' in roles
    Good:
        name: shop
        roles: {a: {label: A}}
        scopes:
          mine:
            entity: user
            where: "'a' in roles"
    """
    return Problem(
        "E123",
        mark,
        "the value begins with a quote, so it ends at the second one; the rest is lost",
        f"put the whole value in quotes: {quoted(found)}",
    )


def quoted(text: str) -> str:
    """Return a text in the kind of quotes that it does not hold itself."""
    sign = "'" if '"' in text and "'" not in text else '"'
    return f"{sign}{text.strip()}{sign}"


def bad_escape(mark: Mark, found: str) -> Problem:
    r"""A backslash inside double quotes, where YAML reads escapes such as `\n`.

    Bad:
        name: shop
        entities: {client: {fields: {code: {type: text, pattern: "\d+"}}}}
    Good:
        name: shop
        entities: {client: {fields: {code: {type: text, pattern: '\d+'}}}}
    """
    return Problem(
        "E124",
        mark,
        f"inside double quotes YAML takes '{found}' for an escape, and knows none like it",
        "use single quotes, where a backslash is only a backslash",
    )


def opening_sign(mark: Mark, found: str) -> Problem:
    """A value that begins with `@`, `%` or a backtick, which YAML keeps for itself.

    Bad:
        name: shop
        label: @shop
    Good:
        name: shop
        label: "@shop"
    """
    return Problem(
        "E125", mark, f"in YAML a value can't begin with '{found}'", "put the value in quotes"
    )


def tab(mark: Mark, found: str) -> Problem:
    """A tab in the indentation: YAML wants blanks.

    Bad:
        name: shop
        theme:
        ␉color: "#0b6688"
    Good:
        name: shop
        theme:
          color: "#0b6688"
    """
    del found
    return Problem(
        "E126", mark, "this line is indented with a tab", "indent with blanks, two a step"
    )


def no_break_space(mark: Mark, found: str) -> Problem:
    """A no-break space, which looks like a blank and is none; it comes along from web pages.

    Bad:
        name: shop
        label:⍽Shop
        language: en
    Good:
        name: shop
        label: Shop
        language: en
    """
    del found
    return Problem(
        "E117", mark, "this looks like a blank and is a no-break space", "type an ordinary blank"
    )


def block_sign(mark: Mark, found: str) -> Problem:
    """A value that begins with `>` or `|`, with which YAML announces a block of text.

    Bad:
        name: shop
        engine: >=0.1
    Good:
        name: shop
        engine: ">=0.1"
    """
    return Problem(
        "E127",
        Mark(mark.file, mark.line, mark.column, len(found.rstrip())),
        f"a value that begins with '{found[0]}' announces a block of text in YAML",
        f'put it in quotes: "{found.rstrip()}"',
    )


def unquoted_braces(mark: Mark, found: str) -> Problem:
    """Braces `{{ }}` without quotes: YAML reads two maps, one inside the other.

    A text with `{{ }}` goes in quotes; an expression (`when`, `where`, `formula`, `check`, ...)
    is written bare, without braces.

    Bad:
        name: shop
        entities: {client: {title: {{ name }}, fields: {name: text}}}
    Good:
        name: shop
        entities: {client: {title: "{{ name }}", fields: {name: text}}}
    """
    end = found.find("}}")
    shown = found[: end + 2] if end > 0 else "{{"
    return Problem(
        "E128",
        Mark(mark.file, mark.line, mark.column, len(shown)),
        "without quotes YAML reads these braces as a map",
        f'in a text: "{shown}"; an expression such as `when` is written without braces',
    )


def cut_by_comma(previous: Entry, key: Scalar) -> Problem:
    """A comma inside a value of a `{...}` map: YAML ends the value there and begins a key.

    Bad:
        name: shop
        entities:
          item:
            fields:
              a: number
              b: {type: number, formula: round(a, 2)}
    Good:
        name: shop
        entities:
          item:
            fields:
              a: number
              b: {type: number, formula: "round(a, 2)"}
    """
    value = previous.value
    text = value.text if isinstance(value, Scalar) else ""
    mark = value.mark
    if key.mark.line == mark.line:
        width = key.mark.column + key.mark.length - mark.column
        mark = Mark(mark.file, mark.line, mark.column, width)
    return Problem(
        "E129",
        mark,
        "inside { } the comma ends this value, and what follows became a key of its own",
        f'put the whole value in quotes: "{text}, {key.text}"'
        if not (text.isdecimal() and key.text.isdecimal())
        else f"the sign before the decimals is a point: {text}.{key.text}",
    )


def no_pairs(mark: Mark, key: Scalar) -> Problem:
    """Items without values in `{...}`: braces hold pairs, a list stands in brackets.

    Bad:
        name: shop
        languages: {en, bg}
    Good:
        name: shop
        languages: [en, bg]
    """
    return Problem(
        "E118",
        mark,
        f"braces hold pairs of key and value, and '{key.text}' has no value",
        f"a list stands in brackets: [{key.text}, ...]",
    )


def cut_by_comment(mark: Mark, kept: str, rest: str) -> Problem:
    """A text cut by ` #`: what follows is a comment for YAML.

    Where a comment is meant, write a blank after the `#`.

    Bad:
        name: shop
        label: Shop #3
    Good:
        name: shop
        label: "Shop #3"
    """
    return Problem(
        "W135",
        mark,
        f"the text ends before the '#': only '{kept}' is read, '{rest}' is a comment",
        f'put the text in quotes: "{kept} {rest}"; if it is a comment, write "# " with a blank',
        severity=Severity.WARNING,
    )


def cut_in_flow(mark: Mark, rest: str) -> Problem:
    """A ` #` inside a `{...}` map: the rest of the line is a comment, its closing bracket too.

    Bad:
        name: shop
        theme: {color: #0b6688}
    Good:
        name: shop
        theme: {color: "#0b6688"}
    """
    text = rest.split(",", maxsplit=1)[0].rstrip("]} ")
    return Problem(
        "E130",
        mark,
        "from the '#' on this line is a comment, and the closing bracket is lost with it",
        f"put the text with the '#' in quotes: \"... {text}\"",
    )


def only_a_comment(mark: Mark, rest: str) -> Problem:
    """A value that begins with `#`: for YAML it is a comment, and the key has no value.

    Bad:
        name: shop
        theme:
          color: #0b6688
    Good:
        name: shop
        theme:
          color: "#0b6688"
    """
    return Problem(
        "E131",
        mark,
        f"'{rest}' is a comment, so nothing is left as the value",
        f'put it in quotes: "{rest}"',
    )


def unclosed(mark: Mark, line: str) -> Problem:
    """A bracket or a quote that is opened and not closed.

    Bad:
        name: shop
        languages: [en, bg
        label: Shop
    Good:
        name: shop
        languages: [en, bg]
        label: Shop
    """
    sign = line[mark.column - 1 : mark.column] or "it"
    closing = {"[": "]", "{": "}"}.get(sign, sign)
    return Problem("E134", mark, f"the '{sign}' opened here is not closed", f"add the '{closing}'")


CODES: Mapping[str, Explained] = {
    "E117": no_break_space,
    "E118": no_pairs,
    "E119": too_deep_a_line,
    "E120": unreadable,
    "E121": second_colon,
    "E122": bracket_in_flow,
    "E123": quote_and_more,
    "E124": bad_escape,
    "E125": opening_sign,
    "E126": tab,
    "E127": block_sign,
    "E128": unquoted_braces,
    "E129": cut_by_comma,
    "E130": cut_in_flow,
    "W135": cut_by_comment,
    "E131": only_a_comment,
    "E134": unclosed,
}
