"""Damages the structure of a configuration, from a seed, as an author may by mistake."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import TypeAlias

from engine.metadata import nodes
from engine.metadata.source import read_nodes
from tests.hostile.world import CRM

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str"
Place: TypeAlias = tuple["dict[str, Tree] | list[Tree]", str | int]

TOP = Path(__file__).parent.parent.parent
FILES = {"rows": "data/rows.yaml", "story": "demo/story.yaml"}
NAMES = (
    *("select", "order", "group", "table", "user", "id", "version", "created_at", "title", "stage"),
    *("archived", "__class__", "x" * 40, "x" * 64, "x" * 300, "имя", "a b", 'a"b', "a'b", "a;b"),
    *("", " ", "1", "٣", "-1", "search", "admin", "static", "views", "my-day", "name", "NAME"),
    *(
        "_csrf",
        "_part",
        "q",
        "sort",
        "new",
        "a.b",
        "a/b",
        "<b>",
        "null",
        "true",
        "\u202e",
        "\u200b",
    ),
)
VALUES = (
    *NAMES,
    *("0", "-1", "1e9", "9" * 25, "9" * 5_000, "1.5", "NaN", "1e400", "0 min", "-5 min", "99999 d"),
    *(
        "text",
        "link",
        "user",
        "stage",
        "money",
        "any_link",
        "sequence",
        "choice",
        "choices",
        "date",
    ),
    *("= name", "= name ~ name", "= 1 / 0", "= now() - now()", "= id", "= __class__", "= x.y.z"),
    *("{{ name }}", "{{7*7}}", "{{ name", "{% if %}", "{{ __class__ }}", "name == 1", "stage.sla"),
    *(
        "true",
        "false",
        "won",
        "board",
        "all",
        "own",
        "none",
        "team",
        "mine",
        "me",
        "my_team",
        "today",
        "in 3 d",
        "25:00",
        "#fff",
    ),
    *("<script>alert(1)</script>", "' onmouseover=x", "javascript:x", "a\nb", "\t", "x" * 20_000),
    *("(a+)+$", "[", "\\d{1,99999}", "../x", "en", "xx", "Mars/Olympus", "EUR", "ЖЖЖ"),
)


def plain(node: nodes.Node) -> Tree:
    """Returns a node as plain values."""
    match node:
        case nodes.Mapping(entries):
            return {one.key.text: plain(one.value) for one in entries}
        case nodes.Sequence(items):
            return [plain(one) for one in items]
        case nodes.Scalar(text):
            return text


def tree_of(text: str) -> Tree:
    """Reads a file that is right."""
    root = read_nodes("crm.yaml", text).root
    assert root is not None
    return plain(root)


def written(tree: Tree) -> dict[str, str]:
    """Returns a tree as the files of a folder: JSON is YAML; rows and a story stand apart."""
    whole = tree if isinstance(tree, dict) else {}
    apart = {key: {key: whole[key]} for key in FILES if key in whole}
    rest = {key: value for key, value in whole.items() if key not in FILES}
    files = {"crm.yaml": rest, **{FILES[key]: one for key, one in apart.items()}}
    return {name: json.dumps(one, ensure_ascii=False, indent=1) for name, one in files.items()}


def seeds() -> Mapping[str, Tree]:
    """Returns small configurations that together say everything that can be said."""
    paths = sorted((Path(__file__).parent / "seeds").glob("*.yaml"))
    return {one.stem: tree_of(one.read_text(encoding="utf-8")) for one in paths}


def examples() -> Mapping[str, Tree]:
    """Returns configurations as they are in life."""
    return {
        "vet practice": joined("configs/examples/vet-practice"),
        "kitchen": joined("configs/examples/kitchen-sales"),
        "ours": joined("tests/metadata/example_ours"),
        "every type": tree_of(f"name: sample\n{CRM}"),
    }


def joined(folder: str) -> Tree:
    """Returns the definitions of a folder as one tree."""
    whole: dict[str, Tree] = {}
    for path in sorted((TOP / folder).glob("*.yaml"), key=lambda one: one.name != "crm.yaml"):
        part = tree_of(path.read_text(encoding="utf-8"))
        assert isinstance(part, dict)
        for key, value in part.items():
            known = whole.setdefault(key, {})
            if isinstance(known, dict) and isinstance(value, dict):
                known.update(value)
            else:
                whole[key] = value
    return whole


def places(tree: Tree) -> Iterator[Place]:
    """Yields every value of a tree by what holds it and its key or number."""
    match tree:
        case dict():
            for key, value in tree.items():
                yield tree, key
                yield from places(value)
        case list():
            for number, value in enumerate(tree):
                yield tree, number
                yield from places(value)


def damaged(tree: Tree, seed: int) -> Tree:
    """Returns a copy with one to three places damaged."""
    random = Random(seed)  # noqa: S311 - damage is no secret
    copy = _copy(tree)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        damage(copy, random)
    return copy


def damage(tree: Tree, random: Random) -> None:
    """Damages one place."""
    all_places = list(places(tree))
    (holder, key), (other_holder, other) = random.choice(all_places), random.choice(all_places)
    value, foreign = _at(holder, key), _copy(_at(other_holder, other))
    if isinstance(holder, dict) and random.random() < 0.3:
        _damage_key(holder, str(key), random.choice((random.choice(NAMES), str(other))), random)
        return
    match random.randrange(8):
        case 0:
            del holder[key]  # type: ignore[arg-type] # a key of this very holder
        case 1:
            _put(holder, key, random.choice(VALUES))
        case 2:
            _put(holder, key, foreign)
        case 3:
            _put(holder, key, random.choice(({}, [], "", [value], {"label": value}, {"if": value})))
        case 4:
            _put(other_holder, other, _copy(value))
            _put(holder, key, foreign)
        case 5 if isinstance(holder, list):
            holder.append(_copy(value))
        case 6 if isinstance(value, list):
            value.extend(f"{random.choice(NAMES)}{number}" for number in range(900))
        case _:
            _put(holder, key, str(other))


def _damage_key(holder: dict[str, Tree], key: str, name: str, random: Random) -> None:
    """Renames, doubles or moves what stands under a key."""
    match random.randrange(3):
        case 0:
            _rename(holder, key, name)
        case 1:
            holder[name] = _copy(holder[key])
        case _:
            holder[name] = holder.pop(key)


def _copy(tree: Tree) -> Tree:
    copy: Tree = json.loads(json.dumps(tree))
    return copy


def _at(holder: "dict[str, Tree] | list[Tree]", key: str | int) -> Tree:
    return holder[key]  # type: ignore[index] # a key of this very holder


def _put(holder: "dict[str, Tree] | list[Tree]", key: str | int, value: Tree) -> None:
    holder[key] = value  # type: ignore[index] # a key of this very holder


def _rename(holder: dict[str, Tree], key: str, name: str) -> None:
    pairs = [(name if one == key else one, value) for one, value in holder.items()]
    holder.clear()
    holder.update(pairs)
