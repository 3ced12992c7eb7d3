"""Where the data lies: the options that every command shares which touches it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from engine.clock import Clock
from engine.errors import Refused, say
from engine.runtime.database import FILE, Database, open_database
from engine.settings import variable

DATA = ".kartoteka"

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Place:
    """A data folder and, where the database is not embedded in it, the database's address."""

    data: Path
    url: str | None = None

    @property
    def is_embedded(self) -> bool:
        """Say whether the database is a file in the data folder."""
        return self.url is None

    @property
    def words(self) -> str:
        """Return the options that name this place; an address may hold a password and is not."""
        return f"--data {shlex.quote(str(self.data))}" if self.is_embedded else "--database URL"

    def open(self, clock: Clock | None = None) -> Database:
        """Open the database, which may be new."""
        return open_database(self.data, self.url, clock)

    def open_existing(self, clock: Clock | None = None) -> Database:
        """Open a database that has been made before."""
        if self.is_embedded and not (self.data / FILE).is_file():
            raise Refused(
                say("There is no data in {folder}.", folder=self.data),
                say("Name the folder with --data, or the database with --database."),
            )
        return self.open(clock)


def place_options(command: Command) -> Command:
    """Add --data and --database to a command."""
    data = click.option(
        "--data",
        metavar="FOLDER",
        type=click.Path(path_type=Path, file_okay=False),
        help=f"Where database and files lie; {DATA}/ in the CRM's folder where not said.",
    )
    url = click.option("--database", metavar="URL", help="A PostgreSQL database instead.")
    return data(url(command))


def place_of(folder: Path | None, data: Path | None, url: str | None) -> Place:
    """Return the place that the options name; without a CRM's folder it is looked for here."""
    if data is not None and url is not None:
        raise Refused(say("Give --data or --database, not both."))
    if data is None and url is None:
        url = os.environ.get(variable("database"), "").strip() or None
    return Place(data or (folder or Path()) / DATA, url)
