"""The options by which somebody agrees to what a plan would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def agreement_options(command: Command) -> Command:
    """Add --yes and --consent to a command."""
    yes = click.option("--yes", is_flag=True, help="Agree to changes of what people have or do.")
    consent = click.option(
        "--consent",
        metavar="HASH",
        default="",
        help="Agree to losses and growing rights of a plan.",
    )
    return yes(consent(command))
