"""The machine: versions, the data folder, room on the disk, the built front end, the settings."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
from collections.abc import Iterator
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path

from engine.resources import resource_dir
from engine.runtime.checkup.finding import Finding, look, well, wrong
from engine.runtime.run_lock import holder
from engine.settings import Settings

MEBIBYTE = 1024 * 1024
LITTLE, TOO_LITTLE = 1024 * MEBIBYTE, 100 * MEBIBYTE
OTHERS = 0o077


def check_machine(settings: Settings, data: Path | None) -> Iterator[Finding]:
    """Yield what is found about the machine; `data` is the folder of an embedded database."""
    yield well(
        "engine",
        f"Kartoteka {version('kartoteka')} on Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}.",
    )
    yield _front_end()
    yield _address(settings)
    yield from _proxies(settings)
    if data is not None:
        yield _rights(data)
        yield _room(data)
        yield _server(data)


def _front_end() -> Finding:
    built = resource_dir("ui_templates") / "static" / "build" / "app.js"
    if built.is_file():
        return well("front end", "The front end is built.")
    return wrong(
        "front end", "The front end is not built: pages have no script.", "Run `make dev`."
    )


def _address(settings: Settings) -> Finding:
    if not settings.public_url:
        return well("address", "No public address is set: people of this machine alone come in.")
    if settings.is_https:
        return well("address", f"People come by {settings.public_url}.")
    if is_local(settings.public_host):
        return well("address", f"People of this machine come by {settings.public_url}.")
    return look(
        "address",
        f"People come by {settings.public_url}: passwords travel so that others can read them.",
        "Put a proxy with a certificate in front, and https:// into KARTOTEKA_PUBLIC_URL.",
    )


def _proxies(settings: Settings) -> Iterator[Finding]:
    if settings.is_https and not settings.proxies:
        yield look(
            "proxies",
            "No proxy is named: all visitors seem to come from one address, and share its bans.",
            "Set KARTOTEKA_PROXIES to the address of the proxy, such as 127.0.0.1.",
        )


def is_local(host: str) -> bool:
    """Say whether a host is this machine, as only people at it can call it."""
    name = host.rpartition(":")[0] if host.count(":") == 1 else host
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost"


def _rights(data: Path) -> Finding:
    if not os.access(data, os.W_OK | os.X_OK):
        return wrong(
            "data folder", f"Nothing can be written into {data}.", "Give it to this user: chown."
        )
    if os.name != "nt" and data.stat().st_mode & OTHERS:
        return look("data folder", f"Others can look into {data}.", f"Close it: chmod 700 {data}")
    return well("data folder", f"{data} can be written, and others can't look into it.")


def _room(data: Path) -> Finding:
    free = shutil.disk_usage(data).free
    sentence = f"{free // MEBIBYTE:,} MiB are free on the disk of {data}."
    if free < TOO_LITTLE:
        return wrong("disk", sentence, "Make room at once: a full disk takes nothing in.")
    if free < LITTLE:
        return look("disk", sentence, "Make room: backups need as much as the data.")
    return well("disk", sentence)


def _server(data: Path) -> Finding:
    pid = holder(data)
    if pid is None:
        return well("server", "No `kartoteka run` serves these data right now.")
    return well("server", f"Process {pid} serves these data.")
