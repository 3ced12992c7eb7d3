"""How tests write what a comparison has found."""

from collections.abc import Iterable

from engine.metadata.diff.change import Change


def said(found: Iterable[Change]) -> list[str]:
    """Returns each change as a line: what it touches, its kind, its address, whether it grows."""
    return [f"{one.touches} {one.sort} {one.address}" + " grows" * one.grows for one in found]
