"""The fingerprint of what files say: equal where only comments, blank lines or indentation differ.

Two configurations with one fingerprint are one version. What is equal in doubt only (a file split
in two, other quotes) has another one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256

from engine.metadata import nodes
from engine.metadata.csv_source import CsvTable


def of_text(text: str) -> str:
    """Return the fingerprint of a text of which every letter counts."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def of_tree(root: nodes.Node) -> str:
    """Return the fingerprint of a tree: keys and values as they are ordered and quoted."""
    return of_text(json.dumps(_said(root)))


def of_table(table: CsvTable) -> str:
    """Return the fingerprint of the cells of a table."""
    lines = (table.header, *table.records)
    return of_text(json.dumps([[_said(cell) for cell in line] for line in lines]))


def of_all(*groups: Mapping[str, str]) -> str:
    """Return the fingerprint of fingerprints by name."""
    return of_text(json.dumps([sorted(one.items()) for one in groups]))


def _said(node: nodes.Node) -> object:
    match node:
        case nodes.Mapping(entries):
            return [0, *_pairs(entries)]
        case nodes.Sequence(items):
            return [1, *(_said(one) for one in items)]
        case nodes.Scalar(text):
            return [2, text] if node.quoted else text


def _pairs(entries: tuple[nodes.Entry, ...]) -> Iterator[object]:
    for one in entries:
        yield _said(one.key)
        yield _said(one.value)
