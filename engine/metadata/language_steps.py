"""The keys of buttons and rules, and of what they do: each step is a map with exactly one word."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.metadata.language import Key, Mode, NodeKind, later
from engine.metadata.model.button import RESETS

LATER_TRIGGERS: Mapping[str, str] = MappingProxyType(
    {
        "deleted": "The record was put into the trash",
        "restored": "It was brought back",
        "received": "A message came in: a form, a call, an e-mail, a payment",
        "task_done": "A task about the record was finished",
        "logged_in": "A person signed in",
        "imported": "The record came from a file",
        "merged": "Two records became one",
        "mail_opened": "A message was opened",
        "mail_clicked": "A link in it was followed",
        "mail_bounced": "It could not be delivered",
        "score_reached": "The score went over a figure",
    }
)
TRIGGERS = ("created", "changed", "entered", "left", "pressed")  # those that stand as a word
OVERDUE = ("stage", "task")
SHARES = ("round_robin", "least_busy")
LATER_SHARES = ("skill",)
TARGETS = ("user", "role", "team")
DONE = ("ladder", "all")

_LABEL = Key("label", Mode.LABEL, "The name that people read; made from the id where not said")
_HELP = Key("help", Mode.LABEL, "What the '?' beside it says")
_WHEN = Key("when", Mode.EXPRESSION, "Judged on the record as it stands")
_DO = Key("do", Mode.STEPS, "The steps, in their order", of="step")
_ONLY_IF = later("only_if", Mode.EXPRESSION, "Switches the whole definition by an input")
_ENTITY = Key("entity", Mode.ID, "The entity whose record it is", required=True)
_SET = Key("set", Mode.SLOTS, "Field -> value: {lost_reason: price}", required=True)
_AS = Key("as", Mode.ID, "The name by which the steps after it know the record")

BUTTON = (
    _LABEL,
    Key("icon", Mode.PLAIN, "The name of an icon"),
    Key("color", Mode.COLOR, "The colour of the button"),
    _HELP,
    Key("group", Mode.LABEL, "Buttons of a group stand together"),
    Key("show_in", Mode.IDS, "The stages in which it is shown; all where not said"),
    Key("roles", Mode.IDS, "For these roles only"),
    Key("when", Mode.EXPRESSION, "While this does not hold it is shown disabled, with the reason"),
    Key("ask", Mode.MAP, "A dialog: fields of the record, or answers with a type", of="ask"),
    _DO,
    Key("ladder", Mode.NODE, "Another try each time: 5 min, 10 min, 30 min", of="ladder"),
    _ONLY_IF,
    later("place", Mode.PAIRS, "Where a new thing stands in an overlay: {after: owner}"),
)
LADDER = (
    Key(
        "tries",
        Mode.VALUES,
        "How long until the next try, try by try: [5 min, 10 min]",
        required=True,
    ),
    Key("each", Mode.STEPS, "The steps of each press", required=True, of="step"),
    Key("then", Mode.STEPS, "The steps of the press after the last try", of="step"),
    Key("reset_on", Mode.VALUES, "What starts the count anew (both)", words=RESETS),
    Key("in_workhours", Mode.BOOL, "Moves the next try into working time"),
)
AUTOMATION = (
    _LABEL,
    _HELP,
    _ENTITY,
    Key(
        "on",
        Mode.OWN,
        "What it listens to, any of a list: [created, {entered: won}]",
        required=True,
        of="trigger",
    ),
    Key("where", Mode.EXPRESSION, "The records it is about, picked in the database"),
    _WHEN,
    Key("do", Mode.STEPS, "The steps, in their order", required=True, of="step"),
    Key("once_per", Mode.PLAIN, "At most once in this length of time for a record: 7 d"),
    later("if_running", Mode.WORD, "restart, ignore or parallel, where there is a wait"),
    _ONLY_IF,
    later("place", Mode.PAIRS, "Where a new thing stands in an overlay: {after: owner}"),
)
TRIGGER = (
    Key("changed", Mode.IDS, "One of these fields has another value; `changed` alone: any field"),
    Key("entered", Mode.IDS, "The record came into one of these stages; alone: into any"),
    Key("left", Mode.IDS, "The record left one of these stages; alone: any"),
    Key("pressed", Mode.IDS, "One of these buttons was pressed; alone: any"),
    Key(
        "overdue",
        Mode.WORD,
        "Longer in a stage than its `sla`; a task past its time",
        words=OVERDUE,
    ),
    later("every", Mode.PLAIN, "minute .. year, workday, monday ..: with `at` and `where`"),
    later("before", Mode.PAIRS, "So long before a date field"),
    later("after", Mode.PAIRS, "So long after a date field"),
    later("silent_for", Mode.PLAIN, "Nothing happened for so long"),
    *(later(name, Mode.OWN, meaning) for name, meaning in LATER_TRIGGERS.items()),
    later("at", Mode.PLAIN, "The time of day of `every`"),
    later("where", Mode.EXPRESSION, "The records of `every`"),
    later("cron", Mode.PLAIN, "The times of `every` as cron writes them"),
)
TRIGGER_PARTS = ("at", "where", "cron")  # they stand beside a trigger
STEP = (
    Key("set", Mode.SLOTS, "Change fields of the record: {lost_reason: price}"),
    Key("move", Mode.OWN, "Move to a stage; {pipeline: stage} where the stage is not enough"),
    Key("create", Mode.NODE, "Make a record", of="create"),
    Key("find", Mode.NODE, "Look for a record", of="find"),
    Key("update", Mode.NODE, "Change fields of another record", of="update"),
    Key("archive", Mode.WORD, "Archive the record", words=("true",)),
    Key("task", Mode.NODE, "Make a task", of="task"),
    Key("done", Mode.NODE, "Finish open tasks about the record", of="done"),
    Key("note", Mode.TEXT, "Write into the timeline"),
    Key("assign", Mode.NODE, "Give the record an owner", of="assign"),
    Key("notify", Mode.NODE, "Tell somebody", of="notify"),
    Key("if", Mode.NODE, "Do some steps where a condition holds, else others", of="if"),
    Key("stop", Mode.TEXT, "End here (true); a sentence is shown and undoes everything"),
    later("send", Mode.OWN, "Send a message: template, to, via"),
    later("wait", Mode.OWN, "A length of time, until a moment, until an event"),
    later("delete", Mode.OWN, "Put a record into the trash"),
    later("document", Mode.OWN, "Make a document"),
    later("call", Mode.OWN, "Call an HTTP service"),
    later("convert", Mode.OWN, "Make a record of another entity of it"),
    later("link", Mode.OWN, "Connect records"),
    later("tag", Mode.OWN, "Add or take away tags"),
    later("score", Mode.OWN, "Change the score"),
    later("choose", Mode.OWN, "The first branch whose condition holds"),
    later("for_each", Mode.OWN, "Steps for each of several records"),
    later("run", Mode.ID, "Run another automation"),
    later("fail", Mode.TEXT, "End as failed"),
)
CREATE = (
    Key("entity", Mode.ID, "The entity of the new record", required=True),
    Key("set", Mode.SLOTS, "Field -> value"),
    _AS,
)
FIND = (
    Key("entity", Mode.ID, "The entity in which to look", required=True),
    Key("match", Mode.IDS, "Fields that both records have; the first one that agrees counts"),
    Key("where", Mode.EXPRESSION, "A condition on what is looked for; `record` is this one"),
    _AS,
    Key("else", Mode.STEPS, "The steps where nothing is found", of="step"),
)
UPDATE = (
    Key("record", Mode.SLOT, 'Which record: "= client"', required=True),
    _SET,
)
TASK = (
    Key("subject", Mode.TEXT, "What is to be done"),
    Key("due", Mode.SLOT, 'By when: in 5 workmin, "= next_try"'),
    Key(
        "to",
        Mode.TARGET,
        "Who does it; the record's owner, else who acts, where not said",
        of="target",
    ),
    Key("type", Mode.SLOT, "The kind of work: call, mail, meeting, visit, other"),
    Key("about", Mode.SLOT, "The record it is about; this one where not said"),
)
DONE_KEYS = (
    Key("tasks", Mode.OWN, "all, ladder (those of its ladders), or {type: call}", required=True),
)
DONE_TYPE = (Key("type", Mode.ID, "The kind of work: call, mail, ...", required=True),)
ASSIGN = (
    Key("to", Mode.TARGET, "Who may get it", required=True, of="target"),
    Key(
        "by",
        Mode.WORD,
        "Of several people: the one whose turn it is, or with the fewest open tasks",
        words=SHARES,
        later_words=LATER_SHARES,
    ),
    Key("only_if_empty", Mode.BOOL, "Leaves an owner that is there already"),
)
NOTIFY = (
    Key("to", Mode.TARGET, "Who is told", required=True, of="target"),
    Key("text", Mode.TEXT, "What there is to know", required=True),
)
IF = (
    Key("when", Mode.EXPRESSION, "The condition", required=True),
    Key("do", Mode.STEPS, "The steps where it holds", required=True, of="step"),
    Key("else", Mode.STEPS, "The steps where it does not", of="step"),
)
TARGET = (
    Key("user", Mode.PLAIN, "The person with this login"),
    Key("role", Mode.ID, "All people of a role"),
    Key("team", Mode.ID, "All people of a team"),
    Key("of", Mode.SLOT, 'Of the role only those above this person: "= owner"'),
)

BUTTON_EXAMPLE = """
pipelines:
  sales:
    buttons:
      quote_sent:
        label: Quote sent
        show_in: [quoting]
        ask: {next_contact: {required: true}, comment: long_text}
        do:
          - note: "Quote for {{ amount }} sent. {{ ask.comment }}"
          - move: waiting
          - task: {subject: Ask about the quote, due: "= next_contact", to: "= owner", type: call}
"""
LADDER_EXAMPLE = """
pipelines:
  sales:
    buttons:
      busy:
        label: Busy
        ladder:
          tries: [5 min, 10 min, 30 min]
          each:
            - task: {subject: "Again, try {{ try }} of {{ tries }}", due: "= next_try", type: call}
          then:
            - move: lost
            - archive: true
"""
RULE_EXAMPLE = """
automations:
  new_deal:
    label: Call every new client at once
    entity: deal
    on: [created]
    when: owner is none
    do:
      - assign: {to: {team: sellers}, by: least_busy}
      - task: {subject: "Call {{ name }}", due: in 5 workmin, to: "= owner", type: call}
  too_long:
    entity: deal
    on: [{overdue: stage}]
    do:
      - notify: {to: {role: head}, text: "{{ name }} waits in {{ stage }} for {{ since(stage) }}"}
"""

STEP_KINDS: tuple[NodeKind, ...] = (
    NodeKind("button", "a button", BUTTON, "Has `do`, or `ladder`, or only `ask`.", BUTTON_EXAMPLE),
    NodeKind(
        "ladder", "a ladder", LADDER, "Steps know `try`, `tries` and `next_try`.", LADDER_EXAMPLE
    ),
    NodeKind("automation", "a rule", AUTOMATION, example=RULE_EXAMPLE),
    NodeKind(
        "trigger",
        "a trigger",
        TRIGGER,
        f"A word ({', '.join(TRIGGERS)}), or one of these keys.",
    ),
    NodeKind("step", "a step", STEP, "A map with exactly one of these words."),
    NodeKind("create", "the step 'create'", CREATE),
    NodeKind("find", "the step 'find'", FIND, "Has `match` or `where`."),
    NodeKind("update", "the step 'update'", UPDATE),
    NodeKind("task", "the step 'task'", TASK, "Takes every other field of a task, too."),
    NodeKind("done", "the step 'done'", DONE_KEYS),
    NodeKind("done_type", "the tasks of 'done'", DONE_TYPE),
    NodeKind("assign", "the step 'assign'", ASSIGN),
    NodeKind("notify", "the step 'notify'", NOTIFY),
    NodeKind("if", "the step 'if'", IF),
    NodeKind("target", "a target", TARGET, '`"= owner"`, one of these, or a list of them.'),
)
