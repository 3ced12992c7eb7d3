"""The one naming function of tables, columns and indexes.

An id is at most 40 small letters, digits and underscores and begins with a letter. So a name that
begins with an underscore or holds a `$` is never the id of something an author declared.
"""

from __future__ import annotations

from hashlib import sha256

LIMIT = 60  # PostgreSQL cuts at 63 bytes
INTERNAL_COLUMNS = ("title_key", "search_text", "trashed_at", "version")
OWN_PREFIXES = ("e_", "kt_", "pg_", "sqlite_")


def bounded(name: str) -> str:
    """Return the name, shortened with a hash of the whole where it is too long."""
    if len(name) <= LIMIT:
        return name
    mark = sha256(name.encode()).hexdigest()[:8]
    return f"{name[: LIMIT - 9]}${mark}"


def table_name(entity_id: str) -> str:
    """Return the name of the table that holds an entity's records."""
    return bounded(f"e_{entity_id}")


def column_name(field_id: str) -> str:
    """Return the name of a field's column: its id, unless a column of the engine has that name."""
    return f"_{field_id}" if field_id in INTERNAL_COLUMNS else field_id


def any_link_names(field_id: str) -> tuple[str, str]:
    """Return the names of the two columns of an any_link field: entity and record."""
    return f"_{field_id}_entity", f"_{field_id}_id"


def retired_name(name: str, number: int) -> str:
    """Return the name under which a retired column or table waits, out of everybody's way."""
    return bounded(f"r{number}${name}")


def retired_number(name: str) -> int:
    """Return the number in the name of something retired; 0 for what is in use."""
    start, mark, _ = name.partition("$")
    return int(start[1:]) if mark and start[0] == "r" and start[1:].isdecimal() else 0


def index_name(entity_id: str, *columns: str) -> str:
    """Return the name of an index; `$` keeps `a_b, c` and `a, b_c` apart."""
    return bounded("$".join(("ix", entity_id, *columns)))


def unique_name(entity_id: str, *columns: str) -> str:
    """Return the name of a unique index."""
    return bounded("$".join(("uq", entity_id, *columns)))


def view_name(entity_id: str) -> str:
    """Return the name of the read-only view for reports: the entity's id where that is free."""
    return f"view${entity_id}" if entity_id.startswith(OWN_PREFIXES) else entity_id
