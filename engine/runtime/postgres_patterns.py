"""PostgreSQL's way: exact numerics, its own calendar, and no operand copied.

Where an operation needs its operand twice, a subselect names it; OFFSET 0 keeps the planner from
copying it after all.
"""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from engine.metadata.expressions.calendar import calendar_of
from engine.metadata.model.application import Workdays
from engine.runtime.sql_patterns import clamped, fitted, quoted

_TYPES = {
    "integer": "bigint",
    "number": "bigint",
    "money": "bigint",
    "duration": "bigint",
    "link": "bigint",
    "date": "date",
    "instant": "timestamptz",
    "bool": "boolean",
}
_FAR = "interval '480000 months'"  # 40,000 years: the calendar repeats every 400
_DECIMALS = 30  # that a quotient keeps until it is rounded
_DAY_ZERO = "date '0001-01-01'"
_DAYS = 3_652_059  # from then to the end of year 9999


class PostgresPatterns:
    """The operations in PostgreSQL's own words."""

    def null(self, kind: str) -> str:
        """Say the empty value of a kind."""
        return f"CAST(NULL AS {_TYPES.get(kind, 'text')})"

    def total(self, *, minus: bool) -> str:
        """Add or subtract numbers of one scale: two of 18 digits stay within 63 bits."""
        return _fit(f"({{0}} {'-' if minus else '+'} {{1}})")

    def product(self, drop: int) -> str:
        """Multiply, and round so many decimals away."""
        return _rounded(f"{{0}}::numeric * {{1}} * {_power(-drop)}")

    def quotient(self, shift: int) -> str:
        """Divide; thirty decimals keep the first rounding away from the half of the second."""
        up, down = _power(max(shift, 0)), _power(max(-shift, 0))
        more = f"1.{'0' * _DECIMALS}"
        return _rounded(f"({{0}}::numeric * {up} * {more}) / nullif({{1}}::numeric * {down}, 0)")

    def rescale(self, shift: int) -> str:
        """Give a number more decimals, or round to fewer."""
        return _rounded(f"{{0}}::numeric * {_power(shift)}")

    def compare(self, operator: str, shift: int) -> str:
        """Compare numbers, the right one of which has so many decimals more."""
        left, right = _at_one_scale(shift)
        return f"({left} {operator} {right})"

    def same_number(self, shift: int) -> str:
        """Say whether numbers of different decimals are equal, empty being a value."""
        left, right = _at_one_scale(shift)
        return f"({left} IS NOT DISTINCT FROM {right})"

    def extreme(self, count: int, *, greatest: bool) -> str:
        """Choose the least or greatest; PostgreSQL's own pass over what is empty."""
        function = "max" if greatest else "min"
        rows = ", ".join(f"({{{at}}})" for at in range(count))
        return (
            f"(SELECT CASE WHEN bool_and(v.x IS NOT NULL) THEN {function}(v.x) END"
            f" FROM (VALUES {rows}) AS v(x))"
        )

    def one_of(self, count: int) -> str:
        """Say whether {0} is among so many others, empty being a value."""
        tests = (f"v.x IS NOT DISTINCT FROM {{{at}}}" for at in range(1, count + 1))
        found = " OR ".join(tests)
        return f"(SELECT {found} FROM (SELECT {{0}} AS x OFFSET 0) AS v)"

    def position(self) -> str:
        """Return where {1} begins in {0}, from 1; 0 where it is not there."""
        return "strpos({0}, {1})"

    def fold(self) -> str:
        """Return a text as it is compared and sorted: by code point, whatever the locale."""
        return "(replace(lower({0}), 'ё', 'е') COLLATE \"C\")"

    def lower(self) -> str:
        """Return a text in small letters."""
        return "lower({0})"

    def digits(self) -> str:
        """Return the digits of a text."""
        return "nullif(regexp_replace({0}, '[^0-9]', '', 'g'), '')"

    def concat(self, count: int) -> str:
        """Join texts, passing over what is empty."""
        return f"nullif(concat({', '.join(f'{{{at}}}' for at in range(count))}), '')"

    def days_between(self) -> str:
        """Count the days from {1} to {0}."""
        return "({0} - {1})::bigint"

    def time_between(self) -> str:
        """Count the microseconds from {1} to {0}."""
        return "(extract(epoch FROM ({0} - {1})) * 1000000)::bigint"

    def later(self) -> str:
        """Move the instant {0} by {1} microseconds."""
        moved = _far_and_back(
            "({0} AT TIME ZONE 'UTC')", "({1}::text || ' microseconds')::interval"
        )
        return f"({moved} AT TIME ZONE 'UTC')"

    def shift_date(self, factor: int, step: str, workdays: Workdays) -> str:
        """Move the date {0} by {1} times a factor of days, months or working days."""
        return f"({_moved('{0}::timestamp', factor, step, workdays)})::date"

    def shift_instant(self, factor: int, step: str, workdays: Workdays, zone: ZoneInfo) -> str:
        """Move the instant {0} likewise, keeping its clock time in the zone."""
        return _instant(_moved(_local("{0}", zone), factor, step, workdays), zone)

    def edge_date(self, unit: str, *, end: bool) -> str:
        """Return the first or last day of the unit in which {0} lies."""
        start = f"date_trunc('{unit}', {{0}}::timestamp)"
        if not end:
            return f"({start})::date"
        last = f"{start} + {_one(unit)} - interval '1 day'"
        return f"({_fit_timestamp(last)})::date"

    def edge_instant(self, unit: str, zone: ZoneInfo, *, end: bool) -> str:
        """Return the first or last moment of the unit in which {0} lies."""
        start = f"date_trunc('{unit}', {_local('{0}', zone)})"
        if not end:
            return _instant(start, zone)
        return f"({_instant(f'{start} + {_one(unit)}', zone)} - interval '1 microsecond')"

    def age(self) -> str:
        """Count the full years from {0} to {1}; nothing before the first."""
        return (
            "(SELECT CASE WHEN a.d <= a.t THEN"
            " a.y - ((a.d + make_interval(years => a.y)) > a.t)::int END::bigint FROM"
            " (SELECT z.d, z.t, (extract(year FROM z.t) - extract(year FROM z.d))::int AS y"
            " FROM (SELECT {0} AS d, {1} AS t OFFSET 0) AS z OFFSET 0) AS a)"
        )

    def anniversary(self) -> str:
        """Return the next day from {1} on with the month and day of {0}."""
        return (
            "(SELECT (a.d + make_interval(years => a.y"
            " + ((a.d + make_interval(years => a.y)) < a.t)::int))::date FROM"
            " (SELECT z.d, z.t, (extract(year FROM z.t) - extract(year FROM z.d))::int AS y"
            " FROM (SELECT {0} AS d, {1} AS t OFFSET 0) AS z OFFSET 0) AS a)"
        )


def _fit(inner: str) -> str:
    return fitted(inner, "least", "greatest")


def _rounded(inner: str) -> str:
    """Round half away from zero, as numerics do, and fit into 18 digits."""
    return f"({_fit(f'round({inner}, 0)')})::bigint"


def _power(exponent: int) -> str:
    """Write a power of ten exactly: dividing by one would not be."""
    return "1" + "0" * exponent if exponent >= 0 else "0." + "0" * (-exponent - 1) + "1"


def _at_one_scale(shift: int) -> tuple[str, str]:
    if shift == 0:
        return "{0}", "{1}"
    if shift > 0:
        return f"({{0}}::numeric * {_power(shift)})", "{1}"
    return "{0}", f"({{1}}::numeric * {_power(-shift)})"


def _fit_timestamp(inner: str) -> str:
    low, high = "timestamp '0001-12-31 23:59:59.999999 BC'", "timestamp '10000-01-01'"
    return clamped(inner, low, high, "least", "greatest")


def _fit_instant(inner: str) -> str:
    low = "timestamptz '0001-12-31 23:59:59.999999+00 BC'"
    return clamped(inner, low, "timestamptz '10000-01-01 00:00:00+00'", "least", "greatest")


def _local(inner: str, zone: ZoneInfo) -> str:
    return _fit_timestamp(f"({inner} AT TIME ZONE {quoted(zone.key)})")


def _instant(inner: str, zone: ZoneInfo) -> str:
    return _fit_instant(f"({_fit_timestamp(inner)} AT TIME ZONE {quoted(zone.key)})")


def _far_and_back(timestamp: str, step: str) -> str:
    """Move a local time by way of the far future, so that no step leaves the calendar."""
    low, high = "timestamp '40000-12-31 23:59:59.999999'", "timestamp '50000-01-01'"
    moved = f"({timestamp} + {_FAR} + {step})"
    return f"({clamped(moved, low, high, 'least', 'greatest')} - {_FAR})"


def _moved(timestamp: str, factor: int, step: str, workdays: Workdays) -> str:
    if step == "workday":
        return _moved_by_workdays(timestamp, factor, workdays)
    unit, limit = ("months", 200_000) if step == "month" else ("days", 4_000_000)
    count = f"least(greatest({{1}} * {factor}, {-limit}), {limit})::int"
    return _far_and_back(timestamp, f"make_interval({unit} => {count})")


def _moved_by_workdays(timestamp: str, factor: int, workdays: Workdays) -> str:
    """Count by the numbers of working days; see `calendar.shift_workdays`."""
    calendar = calendar_of(workdays)
    named = f"SELECT {timestamp} AS t, ({{1}} * {factor})::bigint AS n OFFSET 0"
    each = len(calendar.weekdays)
    if not each:
        return f"(SELECT CASE WHEN z.n = 0 THEN z.t END FROM ({named}) AS z)"
    before, weekdays = _array(calendar.before), _array(calendar.weekdays)
    holidays = _array(one - 1 for one in calendar.holidays)  # counted from 0001-01-01 as 0
    day = f"(c.w / {each}) * 7 + ({weekdays})[(mod(c.w, {each}) + 1)::int]"
    fitting = clamped(day, "(-1)", str(_DAYS), "least", "greatest")
    return (
        f"(SELECT CASE WHEN c.n = 0 THEN c.t WHEN c.w >= 0"
        f" THEN {_DAY_ZERO} + ({fitting})::int + c.t::time END FROM"
        f" (SELECT b.t, b.n, b.w + width_bucket(b.w, {_array(calendar.skipped)}) AS w FROM"
        f" (SELECT a.t, a.n, (a.s / 7) * {each} + ({before})[mod(a.s, 7) + 1]"
        f" - width_bucket((a.s - 1)::bigint, {holidays}) + a.n - (a.n > 0)::int AS w FROM"
        f" (SELECT z.t, z.n, (z.t::date - {_DAY_ZERO}) + (z.n > 0)::int AS s FROM"
        f" ({named}) AS z OFFSET 0) AS a OFFSET 0) AS b OFFSET 0) AS c)"
    )


def _array(values: Iterable[int]) -> str:
    return f"ARRAY[{', '.join(map(str, values))}]::bigint[]"


def _one(unit: str) -> str:
    return "interval '3 months'" if unit == "quarter" else f"interval '1 {unit}'"
