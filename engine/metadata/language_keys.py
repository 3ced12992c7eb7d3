"""The keys that this version runs (and, beside them, those of the same nodes that it will)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.language import Key, Mode, NodeKind, later
from engine.metadata.language_steps import STEP_KINDS
from engine.metadata.model.role import NOT_IN_EVERY, VERBS
from engine.metadata.nodes import Path

LATER_TYPES = (
    *("rich_text", "code", "barcode", "secret", "person_name", "emails", "phones", "address"),
    *("country", "messenger", "rating", "duration", "quantity", "time", "birthday"),
    *("date_range", "datetime_range", "tags", "color", "links", "lines", "users", "file", "files"),
    *("image", "signature", "json", "location", "checklist"),
)
VIEWS = ("list", "board", "calendar")
LATER_VIEWS = ("timeline", "table", "map", "cards", "pivot")
BUTTON_DEPTH = 4  # pipelines, id, buttons, id
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_LABEL = Key("label", Mode.LABEL, "The name that people read; made from the id where not said")
_HELP = Key("help", Mode.LABEL, "What the '?' beside it says")
_ICON = Key("icon", Mode.PLAIN, "The name of an icon")
_WAS = Key("was", Mode.ID, "The id it had before: the data move along")
_ONLY_IF = later("only_if", Mode.EXPRESSION, "Switches the whole definition by an input")
_PLACE = later("place", Mode.PAIRS, "Where a new thing stands in an overlay: {after: owner}")
_ROLES = Key("roles", Mode.IDS, "For these roles only")

HEAD = (
    Key("name", Mode.ID, "The id of this CRM", required=True),
    Key("version", Mode.PLAIN, "The version of this configuration"),
    Key("engine", Mode.PLAIN, 'The versions of Kartoteka it needs: ">=1.0 <2.0"'),
    Key("label", Mode.LABEL, "The name that people read"),
    Key("language", Mode.PLAIN, "The language that the labels are written in: en, bg, ru"),
    Key("languages", Mode.VALUES, "The languages that people may choose"),
    Key("currency", Mode.PLAIN, "The currency of money: EUR"),
    Key("timezone", Mode.PLAIN, "The company's time zone: Europe/Sofia"),
    Key("phone_region", Mode.PLAIN, "The country of phone numbers without a prefix: BG"),
    Key("workdays", Mode.NODE, "When the company works", of="workdays"),
    Key("theme", Mode.NODE, "The company's look", of="theme"),
    Key("start", Mode.PAIRS, "The first page of a role: {seller: my_day, head: deal}"),
    later("inputs", Mode.MAP, "What is asked once when a template is installed", "input"),
    later("answers", Mode.PAIRS, "The values for the inputs"),
    later("uses", Mode.PAIRS, "The packages this folder builds on"),
    later("changes", Mode.MAP, "Notes for people who upgrade: version -> note, renamed", "change"),
)
SECTIONS = (
    Key("entities", Mode.MAP, "Kinds of records with their fields", of="entity"),
    Key("pipelines", Mode.MAP, "Stages that records walk through", of="pipeline"),
    Key("roles", Mode.MAP, "Who may do what", of="role"),
    Key("scopes", Mode.MAP, "Named sets of records, for roles", of="scope"),
    Key("teams", Mode.MAP, "Teams and the team each belongs to", of="team"),
    Key("views", Mode.MAP, "Saved ways to look at records", of="view"),
    Key("automations", Mode.MAP, "Rules: when this happens, do that", of="automation"),
    later("documents", Mode.MAP, "Quotes, invoices, price lists", "document"),
    later("messages", Mode.MAP, "Texts of e-mail and SMS", "message"),
    later("segments", Mode.MAP, "Live lists of records for mailings", "segment"),
    later("mailings", Mode.MAP, "A message to a segment", "mailing"),
    later("dashboards", Mode.MAP, "Figures and charts", "dashboard"),
    later("connectors", Mode.MAP, "Mail servers, SMS, telephony, HTTP services", "connector"),
    later("inbound", Mode.MAP, "Addresses that take in data", "inbound"),
    later("forms", Mode.MAP, "Public forms", "form"),
    later("imports", Mode.MAP, "Mappings of known files", "import"),
    later("remove", Mode.VALUES, "Addresses that an overlay takes out of its template"),
)

ENTITY = (
    _LABEL,
    Key("plural", Mode.LABEL, "The name of many"),
    _ICON,
    _HELP,
    Key("owner", Mode.ID, "The field (type user) whose person owns a record; else `owner`"),
    Key("title", Mode.TEXT, "Names a record; without it the first text field"),
    Key("subtitle", Mode.TEXT, "A second line beside the title in pickers and search"),
    Key("fields", Mode.MAP, "The fields in the order of the page", of="field"),
    Key("validate", Mode.MAP, "Sentences that must hold for a record", of="validation"),
    Key("unique", Mode.OWN, "Lists of fields that together occur once: [[client, number]]"),
    Key("search", Mode.PATHS, "The fields in which search looks"),
    Key("order", Mode.PATHS, 'The order of lists: ["-created_at"]'),
    _WAS,
    later("duplicates", Mode.NODE, "What makes two records alike", "duplicates"),
    later("part_of", Mode.ID, "The entity inside which this one lives"),
    later("history", Mode.BOOL, "Whether changes are shown (always, in this version)"),
    later("timeline", Mode.BOOL, "Whether the timeline is shown (always, in this version)"),
    later("files", Mode.BOOL, "Whether files can be attached"),
    later("trash", Mode.BOOL, "Whether deleted records wait in the trash (always)"),
    later("layout", Mode.NODE, "The record page: tabs, sections, side panels", "layout"),
    Key("buttons", Mode.MAP, "What can be pressed on a record", of="button"),
    _ONLY_IF,
    _PLACE,
)
FIELD = (
    Key(
        "type",
        Mode.WORD,
        "The type of the field",
        required=True,
        words=tuple(FIELD_TYPES),
        later_words=LATER_TYPES,
    ),
    _LABEL,
    _HELP,
    Key("placeholder", Mode.LABEL, "Grey text in the empty input"),
    Key("example", Mode.LABEL, "A good value, shown with the help"),
    Key("unit", Mode.LABEL, "What stands behind the value: kg, m, EUR per hour"),
    Key("docs", Mode.PLAIN, "The address of a page that explains more"),
    Key("default", Mode.SLOT, "The value of a new record"),
    Key("formula", Mode.EXPRESSION, "The value is computed from the record's own fields"),
    Key("required", Mode.BOOL, "Must be filled in"),
    Key("unique", Mode.BOOL, "No two records share a value"),
    Key("index", Mode.BOOL, "Filters and sorts fast in large tables"),
    Key("min", Mode.PLAIN, "The smallest value (for dates also words: today)"),
    Key("max", Mode.PLAIN, "The largest value"),
    Key("min_length", Mode.INTEGER, "The least number of characters"),
    Key("max_length", Mode.INTEGER, "The largest number of characters (10,000)"),
    Key("pattern", Mode.PLAIN, "A regular expression for the whole text"),
    Key("decimals", Mode.INTEGER, "Digits behind the point (6)"),
    Key("options", Mode.OWN, "The options: a list, or id -> label, or id -> map", of="option"),
    Key("visible_when", Mode.EXPRESSION, "Shown while this holds"),
    Key("required_when", Mode.EXPRESSION, "Must be filled in while this holds"),
    Key("readonly_when", Mode.EXPRESSION, "Can't be changed while this holds"),
    Key("locked_when", Mode.EXPRESSION, "Can't be changed once this holds for the saved record"),
    Key("check", Mode.EXPRESSION, "Must hold for the value"),
    Key("message", Mode.TEXT, "What to say when `check` or `pattern` does not hold"),
    Key("readonly", Mode.BOOL, "Nobody changes it by hand"),
    Key("hidden", Mode.BOOL, "Not shown on pages"),
    Key("quick", Mode.VALUES, "One-press values: [tomorrow 10:00, in 3 d]"),
    Key("pii", Mode.BOOL, "Personal data"),
    Key("to", Mode.ID, "The entity that a link points at"),
    Key("where", Mode.EXPRESSION, "The records that a link may point at"),
    Key("reverse", Mode.ID, "The name of the way back: `reverse: orders`"),
    Key("pipeline", Mode.ID, "The pipeline of a stage field (not needed where there is one)"),
    Key("format", Mode.PLAIN, "The form of a sequence: K-{year}-{n:4}"),
    _WAS,
    later("copy_from", Mode.PLAIN, "Copied through a link: product.price"),
    later("options_when", Mode.PAIRS, "Option -> condition under which it is offered"),
    later("choose_when", Mode.PAIRS, "Pipeline -> condition under which it is taken"),
    later("on_delete", Mode.WORD, "What happens to it when the target goes"),
    later("currency", Mode.PLAIN, "Another currency: fixed, or the field that holds it"),
    later("search", Mode.BOOL, "Whether search looks here"),
    later("track", Mode.BOOL, "Whether changes are shown in the timeline"),
    later("export", Mode.BOOL, "Whether exports carry it"),
    later("print", Mode.BOOL, "Whether documents may print it"),
    later("copy", Mode.BOOL, "Whether it is carried when a record is duplicated"),
    later("columns", Mode.PATHS, "The columns of lines"),
    _ONLY_IF,
    _PLACE,
)
_ANSWER = (
    *("type", "label", "help", "placeholder", "example", "unit", "default", "required", "min"),
    *("max", "min_length", "max_length", "pattern", "message", "decimals", "options", "quick"),
    *("to", "where"),
)
_OF_ANSWER = {
    "default": "What stands in the input at first",
    "message": "What to say when `pattern` does not hold",
}
ASK = tuple(
    replace(one, required=False, meaning=_OF_ANSWER.get(one.name, one.meaning))
    for one in FIELD
    if one.name in _ANSWER
)
OPTION = (
    _LABEL,
    Key("color", Mode.COLOR, "The colour of the option"),
    _ICON,
    _HELP,
    later("only_when", Mode.EXPRESSION, "Offered while this holds"),
)
VALIDATION = (
    Key(
        "check",
        Mode.EXPRESSION,
        "Must hold; not judged while a field in it is empty",
        required=True,
    ),
    Key("field", Mode.ID, "The field beside which the message stands"),
    Key("message", Mode.TEXT, "What to say when it does not hold", required=True),
    Key("when", Mode.EXPRESSION, "Judged only while this holds"),
)
PIPELINE = (
    _LABEL,
    _HELP,
    Key("stages", Mode.MAP, "The stages in their order", required=True, of="stage"),
    Key("moves", Mode.OWN, "Stage -> [stages], or {stage: {roles, when}}; all where not said"),
    Key("buttons", Mode.MAP, "What can be pressed in which stage", of="button"),
    _ONLY_IF,
)
STAGE = (
    _LABEL,
    Key("color", Mode.COLOR, "The colour of the stage"),
    _HELP,
    Key("probability", Mode.INTEGER, "The chance of success in per cent"),
    Key("require", Mode.PATHS, "The fields to be filled in on entry"),
    Key("enter_when", Mode.EXPRESSION, "The stage is entered only while this holds"),
    Key("message", Mode.TEXT, "What to say when it does not hold"),
    Key("closes", Mode.WORD, "The walk ends here", words=("won", "lost", "done")),
    Key("sla", Mode.PLAIN, "How long a record may stay, then it is overdue: 15 workmin, 2 d"),
    later("limit", Mode.INTEGER, "How many records may stand here"),
    _ONLY_IF,
    _PLACE,
)
MOVE = (
    _ROLES,
    Key("when", Mode.EXPRESSION, "The way is open while this holds"),
)
ROLE = (
    _LABEL,
    _HELP,
    Key("can", Mode.MAP, "Entity -> verb -> reach", of="grants"),
    Key("hide", Mode.PATHS, "Fields (entity.field) that the role does not see"),
    Key("readonly", Mode.PATHS, "Fields (entity.field) that the role does not change"),
    later("portal", Mode.BOOL, "For people from outside: dealers, clients"),
    _ONLY_IF,
)
_VERB_MEANINGS = {
    "see": "Read the record",
    "peek": "See title, stage and owner only",
    "create": "Make a record; a scope: it must lie in the scope",
    "edit": "Change fields",
    "delete": "Put into the trash, and bring back",
    "export": "Take out as CSV",
    "import": "Bring in from files",
    "press": "Move along the stages, press buttons",
    "assign": "Change the owner",
    "merge": "Join two records",
    "share": "Give others sight of a record",
}
GRANTS = (
    Key("every", Mode.OWN, f"All verbs but {', '.join(NOT_IN_EVERY)}"),
    *(Key(verb, Mode.OWN, _VERB_MEANINGS[verb]) for verb in VERBS),
)
SCOPE = (
    _LABEL,
    _HELP,
    Key("entity", Mode.ID, "The entity whose records it picks", required=True),
    Key("where", Mode.EXPRESSION, "The condition; `user` is who looks", required=True),
    _ONLY_IF,
)
TEAM = (_LABEL, Key("parent", Mode.ID, "The team it belongs to"))
VIEW = (
    _LABEL,
    _HELP,
    Key("entity", Mode.ID, "The entity whose records it shows", required=True),
    Key("type", Mode.WORD, "How records are shown", words=VIEWS, later_words=LATER_VIEWS),
    Key("where", Mode.EXPRESSION, "The records it shows"),
    Key("columns", Mode.PATHS, "The columns, in order; on a board the face of a card"),
    Key("sort", Mode.PATHS, 'The order: [due, "-amount"]'),
    Key("filters", Mode.PAIRS, "Filters that people may change, as in an address"),
    _ROLES,
    Key("group_by", Mode.OWN, "A board: the stage field of its columns; the first where not said"),
    Key("sum", Mode.OWN, "A board: the fields added up over each column"),
    Key("date", Mode.ID, "A calendar: the field by which records stand; the first where not said"),
    later("color_when", Mode.PAIRS, "Colour -> condition of a record"),
    later("icon", Mode.PLAIN, "The name of an icon"),
    _ONLY_IF,
    _PLACE,
)
WORKDAYS = (
    Key("days", Mode.VALUES, "mon, tue, wed, thu, fri, sat, sun", words=WEEKDAYS),
    Key("from", Mode.PLAIN, 'The beginning of the working day: "09:00"'),
    Key("to", Mode.PLAIN, "The end of the working day"),
    Key("holidays", Mode.OWN, "The country whose holidays are free (BG), or a list of dates"),
)
THEME = (
    Key("color", Mode.PLAIN, 'The accent: "#0b6688"'),
    later("logo", Mode.PLAIN, "A picture beside the name"),
    later("sign_in_picture", Mode.PLAIN, "A picture on the sign-in page"),
)
ROWS_FILE = (
    Key("rows", Mode.OWN, "Entity -> key -> {field: value}"),
    Key("story", Mode.OWN, "Demo only: what happened, line by line", of="story_line"),
)
STORY_LINE = (
    Key(
        "at",
        Mode.PLAIN,
        "When it happened: 12 d ago 10:20, yesterday 16:40, 20 min ago",
        required=True,
    ),
    Key("as", Mode.PLAIN, "Who did it: the key of a user; not said, who did the line above"),
    Key("create", Mode.OWN, "Made a record: {request r1: {field: value}}"),
    Key("press", Mode.PLAIN, "Pressed a button: busy on r1"),
    Key("set", Mode.OWN, "Changed fields: {r1: {field: value}}"),
    Key("move", Mode.PLAIN, "Moved a record to a stage: won on d1"),
    Key("note", Mode.PAIRS, "Wrote a note: {d1: text}"),
    Key("done", Mode.PLAIN, "Finished the first open task about a record (or a task): d1"),
    Key("archive", Mode.PLAIN, "Archived a record: d1"),
    Key("ask", Mode.OWN, "Answers of a press, values that the stage of a move asks for"),
    Key("result", Mode.PLAIN, "What came of the task that was done"),
    Key("makes", Mode.PAIRS, "Keys for records that followed from it: {deal: d1}"),
)

NOW: tuple[NodeKind, ...] = (
    NodeKind("crm", "a configuration", HEAD + SECTIONS, "The head of `crm.yaml`, and sections."),
    NodeKind("workdays", "workdays", WORKDAYS),
    NodeKind("theme", "a theme", THEME),
    NodeKind("entity", "an entity", ENTITY),
    NodeKind("field", "a field", FIELD, "Shorthand: `city: text` is `{type: text}`."),
    NodeKind("option", "an option", OPTION, "Shorthand: `site: From the site` is a label."),
    NodeKind("validation", "a validation", VALIDATION),
    NodeKind("pipeline", "a pipeline", PIPELINE),
    NodeKind("stage", "a stage", STAGE),
    NodeKind("move", "a move", MOVE),
    NodeKind("role", "a role", ROLE),
    NodeKind("grants", "a verb", GRANTS, "A reach is none, own, team, all, or the id of a scope."),
    NodeKind("scope", "a scope", SCOPE),
    NodeKind("team", "a team", TEAM),
    NodeKind("view", "a view", VIEW),
    *STEP_KINDS[:2],
    NodeKind(
        "ask",
        "an input of a dialog",
        ASK,
        "A field of the record says `required`, `label`, `help` or `quick`; others have a `type`.",
    ),
    *STEP_KINDS[2:],
    NodeKind("rows_file", "a file of rows", ROWS_FILE, "`data/*.yaml` and `demo/*.yaml`."),
    NodeKind(
        "story_line",
        "a line of a story",
        STORY_LINE,
        "Exactly one of `create`, `press`, `set`, `move`, `note`, `done` and `archive`. Lines are"
        " played in the order of `at`, by the person themselves, with their rights. Records are"
        " named by their keys, those of rows too: `r1`, or `request r1` where that is not enough."
        " A row begins its life when the demo is started; what had one before is made by a line.",
    ),
)
NODE_KINDS: Mapping[str, NodeKind] = MappingProxyType({one.id: one for one in NOW})


def kind_at(path: Path) -> NodeKind | None:
    """Return the kind of the node at a path, where the table describes it."""
    kind: NodeKind | None = NODE_KINDS["crm"]
    parts = list(path)
    while parts and kind:
        key = kind.key(str(parts.pop(0)))
        if key is None or not key.of:
            return None
        if key.mode is Mode.TARGET:
            parts = parts[1:] if parts and isinstance(parts[0], int) else parts
        elif key.mode is not Mode.NODE and parts:
            parts.pop(0)
        elif key.mode is not Mode.NODE:
            return None
        kind = NODE_KINDS.get(key.of)
    return kind


def key_at(path: Path) -> Key | None:
    """Return the key of the language at a path, where the table describes it."""
    kind = kind_at(path[:-1]) if path else None
    return kind.key(str(path[-1])) if kind else None


def action_of(path: Path) -> Path | None:
    """Return the path of the rule or button that holds a path."""
    if path[:1] == ("automations",):
        return path[:2] if len(path) > 1 else None
    is_button = path[:1] in (("pipelines",), ("entities",)) and path[2:3] == ("buttons",)
    return path[:BUTTON_DEPTH] if is_button and len(path) >= BUTTON_DEPTH else None
