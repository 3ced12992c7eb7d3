"""Settings of a process, read from the environment once; each says what it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from textwrap import fill
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from engine.errors import Refused, say

Network: TypeAlias = IPv4Network | IPv6Network

PREFIX = "KARTOTEKA_"
MEBIBYTE = 1024 * 1024
LAST_HOUR = 23


def _setting(help_text: str) -> dict[str, str]:
    return {"help": help_text}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says about this process."""

    database: str = field(
        default="",
        repr=False,  # it may hold a password
        metadata=_setting(
            "The database where neither --database nor --data is given, such as "
            "postgresql://user:password@host/name: a command line can be read by everybody."
        ),
    )
    public_url: str = field(
        default="",
        metadata=_setting(
            "The address that people type, such as https://crm.example.com. Links, cookies and "
            "the check where a form comes from follow it, never the Host header."
        ),
    )
    proxies: tuple[Network, ...] = field(
        default=(),
        metadata=_setting(
            "Addresses or networks of proxies in front, separated by commas. Only from these "
            "is X-Forwarded-For believed."
        ),
    )
    any_host: bool = field(
        default=False,
        metadata=_setting("Whether a request may name any host; `run` says so on open networks."),
    )
    max_body: int = field(
        default=2 * MEBIBYTE, metadata=_setting("The largest request body in bytes.")
    )
    threads: int = field(default=8, metadata=_setting("How many requests are answered at once."))
    backups: str = field(
        default="",
        metadata=_setting(
            "A folder: `run` and `worker` write a backup into it each night and prove it. One "
            "process of all does it."
        ),
    )
    backup_hour: int = field(
        default=3, metadata=_setting("From which hour of the company's clock, 0 to 23.")
    )
    backups_kept: int = field(
        default=7, metadata=_setting("How many nightly backups are kept in the folder.")
    )
    log: str = field(default="text", metadata=_setting("The form of log lines: text or json."))
    log_level: str = field(
        default="warning", metadata=_setting("The least weight that is logged: debug to error.")
    )

    @property
    def is_https(self) -> bool:
        """Say whether people reach this process by https."""
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        """Return host and port of the public address, or ''."""
        return urlsplit(self.public_url).netloc.lower()


def settings_help(width: int = 90) -> str:
    """Return a line or two about each variable of the environment."""
    known = [one for one in fields(Settings) if one.name in READERS]
    gap = max(len(variable(one.name)) for one in known) + 2
    return "\n".join(
        fill(
            one.metadata["help"],
            width,
            initial_indent=variable(one.name).ljust(gap),
            subsequent_indent=" " * gap,
        )
        for one in known
    )


def variable(name: str) -> str:
    """Return the name of a setting in the environment."""
    return PREFIX + name.upper()


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings; a value that can't be understood is refused by name."""
    given = {
        one.name: text
        for one in fields(Settings)
        if one.name in READERS and (text := environment.get(variable(one.name), "").strip())
    }
    return Settings(**{name: _read(name, text) for name, text in given.items()})


def _read(name: str, text: str) -> Any:
    try:
        return READERS[name](text)
    except ValueError as mistake:
        raise Refused(
            say(
                "{name} is '{value}': {reason}",
                name=variable(name),
                value=text,
                reason=str(mistake),
            )
        ) from mistake


def read_public_url(text: str) -> str:
    """Return the address without a closing slash."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ValueError("write it as https://crm.example.com")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("write scheme, host and port only, nothing behind them")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _read_networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(one.strip(), strict=False) for one in text.split(",") if one.strip())


def _read_size(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise ValueError("write a whole number above 0")
    return int(text)


def _read_hour(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > LAST_HOUR:
        raise ValueError("write an hour from 0 to 23")
    return int(text)


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"write one of {', '.join(words)}")
        return text.lower()

    return read


READERS: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "database": str,
        "public_url": read_public_url,
        "proxies": _read_networks,
        "max_body": _read_size,
        "threads": _read_size,
        "backups": str,
        "backup_hour": _read_hour,
        "backups_kept": _read_size,
        "log": _one_of("text", "json"),
        "log_level": _one_of("debug", "info", "warning", "error"),
    }
)
