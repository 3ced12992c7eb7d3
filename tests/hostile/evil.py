"""Texts that have broken programs: what tests of forms, addresses and configurations send."""

SCRIPT = '"><script>alert(1)</script>'
EVENT = "' onmouseover=alert(1) x='"
LOADS = "<div hx-get=/evil hx-trigger=load>"
SQL = (
    "(select password from user)",
    "name;drop table e_thing",
    "x' or 1=1--",
    "1' or '1'='1",
    "1;drop table e_thing",
    "1) union select 1--",
)
TEXTS = (
    *("", " ", "\n", "\t", "a\0b", "\x1b[31m", "\x7f", "\u2028", "\ufeff", "\u202egnp.exe"),
    *("\N{GRINNING FACE}" * 50, "İ", "ß" * 300, "e\u0301", "\ud800", "\udfff\ud800"),
    *("<script>alert(1)</script>", SCRIPT, EVENT, LOADS, "javascript:alert(1)"),
    *("{{7*7}}", "{% for %}", "${7*7}", "{0.__class__}", "%s%n", "\\", "%", "_", "*", ",", ".."),
    *("=1+1", "=cmd|'/C calc'!A0", "+1", "-1", "@x", *SQL),
    *(str(2**63), str(-(2**63) - 1), "9" * 30, "9" * 5_000, "0" * 20 + "9" * 30, "0" * 5_000),
    *("1e400", "1E+999999999", "NaN", "Infinity", "-inf", "²", "٣", "1_000", "0x10", "1,5", "1.5"),
    *("0000-00-00", "2026-02-30", "2026-02-30 10:00", "9999-12-31 23:59", "0001-01-01 00:00"),
    *("2026-03-29 03:30", "2026-03-05T10:00", "2026-03-05T10:00:00+99:99", "25:00", "10:00"),
    *("in 999999999 days", "in 99999 mo", "tomorrow 99:99", "today 10:00", "2026-03-05"),
    *("true", "null", "[]", "{}", "me", "my_team", "1", "0", "2", "99999", "red", "first"),
    *("place/1", "place/9999999999999999999999", "user/1", "nosuch/1", "place/-1", "/1"),
    *("http://[::1", "https://a:99999/", "//evil.example", "example.com", "\r\nSet-Cookie: x=1"),
    *("a@b", "anna@example.com\nBcc: b@example.com", "anna@example.com", "+359888123456"),
    *("+" * 30, "Europe/Sofia", "../../etc/passwd", "x" * 100_000, "<a>" * 30_000),
)
