"""Settings of a process: read once, refused by name."""

from ipaddress import ip_network

import pytest

from engine.errors import Refused
from engine.settings import Settings, read_settings, settings_help


def test_nothing_set_is_the_plain_settings() -> None:
    assert read_settings({}) == Settings()
    assert read_settings({"KARTOTEKA_PUBLIC_URL": " ", "PUBLIC_URL": "x"}) == Settings()


def test_each_setting_has_its_variable() -> None:
    found = read_settings(
        {
            "KARTOTEKA_PUBLIC_URL": "https://CRM.example.com/",
            "KARTOTEKA_PROXIES": "10.0.0.1, 192.168.0.0/16, ::1",
            "KARTOTEKA_MAX_BODY": "1000000",
            "KARTOTEKA_THREADS": "4",
            "KARTOTEKA_DATABASE": "postgresql://crm:secret@db/crm",
            "KARTOTEKA_BACKUPS": "/srv/backups",
            "KARTOTEKA_BACKUP_HOUR": "0",
            "KARTOTEKA_BACKUPS_KEPT": "30",
            "KARTOTEKA_LOG": "JSON",
            "KARTOTEKA_LOG_LEVEL": "info",
        }
    )
    networks = ("10.0.0.1/32", "192.168.0.0/16", "::1/128")
    assert found == Settings(
        public_url="https://crm.example.com",
        proxies=tuple(map(ip_network, networks)),
        max_body=1_000_000,
        threads=4,
        database="postgresql://crm:secret@db/crm",
        backups="/srv/backups",
        backup_hour=0,
        backups_kept=30,
        log="json",
        log_level="info",
    )
    assert "secret" not in repr(found)
    assert found.is_https
    assert found.public_host == "crm.example.com"


def test_the_help_names_every_variable() -> None:
    text = settings_help()
    assert "KARTOTEKA_PUBLIC_URL    The address that people type" in text
    assert text.count("KARTOTEKA_") == 10
    assert max(map(len, text.splitlines())) <= 90


@pytest.mark.parametrize(
    "name, value",
    [
        ("PUBLIC_URL", "crm.example.com"),
        ("PUBLIC_URL", "ftp://crm.example.com"),
        ("PUBLIC_URL", "https://crm.example.com/crm"),
        ("PUBLIC_URL", "https://user@crm.example.com"),
        ("PUBLIC_URL", "https://[crm"),
        ("PROXIES", "proxy.example.com"),
        ("PROXIES", "10.0.0.0/99"),
        ("MAX_BODY", "2 MB"),
        ("THREADS", "0"),
        ("THREADS", "-1"),
        ("LOG", "xml"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_value_that_means_nothing_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(Refused, match=f"KARTOTEKA_{name}"):
        read_settings({f"KARTOTEKA_{name}": value})
