"""The option that says what a definition was called before, where the folder does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def renamed_option(command: Command) -> Command:
    """Add --renamed to a command."""
    option = click.option(
        "--renamed",
        metavar="ADDRESS=OLD",
        multiple=True,
        help="What is new at ADDRESS is OLD under another id; such as "
        "entities.client.fields.mobile=phone. May be said again.",
    )
    return option(command)
