"""Nodes of the language that this version does not run yet: known by name, listed, left out.

They stand in the reference, so that nobody has to guess what is coming. A file is not checked
below the key that runs later.
"""

from __future__ import annotations

from engine.metadata.language import Mode, NodeKind, later

_LABEL = later("label", Mode.LABEL, "The name that people read")
_ICON = later("icon", Mode.PLAIN, "The name of an icon")
_COLOR = later("color", Mode.COLOR, "A colour")
_ENTITY = later("entity", Mode.ID, "The entity whose records it is about")
_WHERE = later("where", Mode.EXPRESSION, "The records it is about, picked in the database")
_WHEN = later("when", Mode.EXPRESSION, "Judged for each record")
_ROLES = later("roles", Mode.IDS, "For these roles only")
_DO = later("do", Mode.OWN, "Steps: a list, each with one word", "step")
_ONLY_IF = later("only_if", Mode.EXPRESSION, "Switches the whole definition by an input")

BUTTON = (
    _LABEL,
    _ICON,
    _COLOR,
    later("group", Mode.LABEL, "Buttons of a group stand together"),
    later("show_in", Mode.IDS, "The stages in which it is shown"),
    _ROLES,
    later("when", Mode.EXPRESSION, "Otherwise it is shown disabled, with the reason"),
    later("ask", Mode.MAP, "A dialog: fields of the record, or answers of their own", "field"),
    _DO,
    later("ladder", Mode.NODE, "Another try each time: 5 min, 10 min, 30 min", "ladder"),
    _ONLY_IF,
)
LADDER = (
    later("tries", Mode.VALUES, "The lengths of time until the next try"),
    later("each", Mode.OWN, "Steps of each press", "step"),
    later("then", Mode.OWN, "Steps of the press after the last try", "step"),
    later("reset_on", Mode.VALUES, "What starts the count anew: other_button, left"),
    later("in_workhours", Mode.BOOL, "Moves the next try into working time"),
)
AUTOMATION = (
    _LABEL,
    _ENTITY,
    later("on", Mode.OWN, "Triggers: created, changed, entered, left, overdue, every, ..."),
    _WHERE,
    _WHEN,
    _DO,
    later("if_running", Mode.WORD, "restart, ignore or parallel, where there is a wait"),
    later("once_per", Mode.PLAIN, "At most once in this length of time for a record"),
    _ONLY_IF,
)
STEP = (
    later("set", Mode.PAIRS, "Change fields"),
    later("move", Mode.ID, "Move to a stage"),
    later("create", Mode.OWN, "Make a record"),
    later("find", Mode.OWN, "Look for a record"),
    later("update", Mode.OWN, "Change another record"),
    later("delete", Mode.OWN, "Put a record into the trash"),
    later("archive", Mode.BOOL, "Archive the record"),
    later("task", Mode.OWN, "Make a task: subject, due, to, type"),
    later("done", Mode.OWN, "Finish tasks"),
    later("note", Mode.TEXT, "Write into the timeline"),
    later("assign", Mode.OWN, "Give the record an owner"),
    later("send", Mode.OWN, "Send a message: template, to, via"),
    later("notify", Mode.OWN, "Tell somebody: to, text"),
    later("document", Mode.OWN, "Make a document"),
    later("call", Mode.OWN, "Call an HTTP service"),
    later("convert", Mode.OWN, "Make a record of another entity of it"),
    later("link", Mode.OWN, "Connect records"),
    later("tag", Mode.OWN, "Add or take away tags"),
    later("score", Mode.OWN, "Change the score"),
    later("wait", Mode.OWN, "A length of time, until a moment, until an event"),
    later("if", Mode.OWN, "{when, do, else}"),
    later("choose", Mode.OWN, "The first branch whose condition holds"),
    later("for_each", Mode.OWN, "Steps for each of several records"),
    later("run", Mode.ID, "Run another automation"),
    later("stop", Mode.OWN, "End here; a sentence undoes the change"),
    later("fail", Mode.TEXT, "End as failed"),
)
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
    NodeKind("button", "a button", BUTTON),
    NodeKind("ladder", "a ladder", LADDER),
    NodeKind("automation", "an automation", AUTOMATION),
    NodeKind("step", "a step", STEP),
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
