"""Nodes of the language that this version does not run yet: known by name, listed, left out.

They stand in the reference, so that nobody has to guess what is coming. A file is not checked
below the key that runs later.
"""

from __future__ import annotations

from engine.metadata.language import Mode, NodeKind, later

_LABEL = later("label", Mode.LABEL, "The name that people read")
_ENTITY = later("entity", Mode.ID, "The entity whose records it is about")
_WHERE = later("where", Mode.EXPRESSION, "The records it is about, picked in the database")
_ROLES = later("roles", Mode.IDS, "For these roles only")

LAYOUT = (
    later("tabs", Mode.MAP, "Tabs of the record page"),
    later("sections", Mode.MAP, "Sections with rows of fields"),
    later("side", Mode.VALUES, "Panels beside the record"),
    later("related", Mode.IDS, "Lists of related records"),
    later("timeline", Mode.BOOL, "Whether the timeline is shown"),
    later("first", Mode.PATHS, "The fields that come first on small screens"),
)
DUPLICATES = (
    later("rules", Mode.MAP, "What makes two records alike, with weights"),
    later("on_create", Mode.WORD, "warn or refuse"),
)
DOCUMENT = (
    _LABEL,
    _ENTITY,
    later("format", Mode.WORD, "pdf, xlsx"),
    later("template", Mode.PLAIN, "The file of the layout in documents/"),
    later("file_name", Mode.TEXT, "The name of the file"),
    later("number", Mode.PLAIN, "The form of its number"),
    later("sign", Mode.OWN, "What the signing service needs"),
)
MESSAGE = (
    later("channel", Mode.WORD, "email, sms, messenger"),
    later("subject", Mode.TEXT, "The subject"),
    later("body", Mode.TEXT, "The text"),
    later("languages", Mode.MAP, "The same in other languages"),
)
SEGMENT = (_LABEL, _ENTITY, _WHERE)
MAILING = (
    _LABEL,
    later("segment", Mode.ID, "To whom"),
    later("message", Mode.ID, "What"),
    later("send_at", Mode.PLAIN, "When"),
    later("throttle", Mode.PLAIN, "How many in an hour"),
    later("unsubscribe", Mode.OWN, "How people take themselves off"),
    later("stop_list", Mode.OWN, "Who never gets it"),
)
DASHBOARD = (
    _LABEL,
    _ROLES,
    later("tiles", Mode.MAP, "Figures and charts", "tile"),
)
TILE = (
    _LABEL,
    later("type", Mode.WORD, "number, funnel, bar, line, pie, table, leaderboard, target, ..."),
    _ENTITY,
    later("measure", Mode.EXPRESSION, "What is computed: sum(amount), count()"),
    later("by", Mode.ID, "The field that groups"),
    _WHERE,
    later("date", Mode.ID, "The field that the period cuts"),
    later("period", Mode.PLAIN, "this_month, last_30_days, ..."),
    later("compare", Mode.PLAIN, "The period to compare with"),
    later("goal", Mode.SLOT, "The figure to reach"),
)
CONNECTOR = (
    later("type", Mode.WORD, "smtp, imap, sms, telephony, http"),
    later("address", Mode.PLAIN, "Where the service is"),
    later("auth", Mode.OWN, "secrets.NAME from the environment, never a value"),
)
INBOUND = (
    later("address", Mode.PLAIN, "The address that takes data in"),
    later("signature", Mode.OWN, "How a sender proves itself"),
    _ENTITY,
    later("map", Mode.PAIRS, "From the payload to fields"),
    later("match", Mode.PATHS, "The fields by which the record is found"),
    later("create", Mode.OWN, "What is made where none is found"),
)
FORM = (
    _LABEL,
    _ENTITY,
    later("fields", Mode.PATHS, "The fields that are asked"),
    later("thanks", Mode.TEXT, "What is said afterwards"),
    later("spam", Mode.OWN, "The guard against spam"),
)
IMPORT = (_ENTITY, later("map", Mode.PAIRS, "From columns of a file to fields"))
CHANGE = (
    later("note", Mode.LABEL, "What people who upgrade should know"),
    later("renamed", Mode.PAIRS, "Old address -> new address"),
)
SCENARIO = (
    later("now", Mode.PLAIN, "When it begins"),
    later("as", Mode.PLAIN, "Who acts: role.login"),
    later("given", Mode.OWN, "Records that are there"),
    later("steps", Mode.OWN, "create, set, press, move, open, receive, import, at, pass"),
    later("expect", Mode.OWN, "What must be so afterwards"),
    later("refused", Mode.PLAIN, "The sentence with which a step is refused"),
)

LATER: tuple[NodeKind, ...] = (
    NodeKind("layout", "a layout", LAYOUT),
    NodeKind("duplicates", "duplicates", DUPLICATES),
    NodeKind("document", "a document", DOCUMENT),
    NodeKind("message", "a message", MESSAGE),
    NodeKind("segment", "a segment", SEGMENT),
    NodeKind("mailing", "a mailing", MAILING),
    NodeKind("dashboard", "a dashboard", DASHBOARD),
    NodeKind("tile", "a tile", TILE),
    NodeKind("connector", "a connector", CONNECTOR),
    NodeKind("inbound", "an inbound address", INBOUND),
    NodeKind("form", "a public form", FORM),
    NodeKind("import", "an import", IMPORT),
    NodeKind("change", "a change", CHANGE),
    NodeKind("scenario", "a scenario", SCENARIO),
)
