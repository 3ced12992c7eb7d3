"""What an author gets wrong in an expression: located inside its text, with the way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from engine.metadata.problems import Severity


class Span(NamedTuple):
    """A stretch of the expression's text: offsets of its first letter and after its last."""

    start: int
    end: int


class ExpressionProblem(Exception):
    """One mistake in an expression, at character offsets of its text."""

    def __init__(self, code: str, span: Span, message: str, hint: str = "") -> None:
        """Keep the code, the place, the sentence and the cure."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.start, self.end = span

    @property
    def severity(self) -> Severity:
        """Say whether this is a mistake or a part of the language that does not run yet."""
        return Severity.LATER if self.code.startswith("L") else Severity.ERROR


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `kartoteka help CODE` says of a code: one meaning, a bad and a good example."""

    meaning: str
    bad: str
    good: str


CODES: dict[str, Explanation] = {
    "E301": Explanation(
        "The expression can't be read: something is missing or too much.",
        "when: amount > (prepaid",
        "when: amount > prepaid",
    ),
    "E302": Explanation(
        "An expression may have 500 words and signs, nested 30 deep; longer ones are split.",
        "formula: a1 + a2 + a3 + (and five hundred more)",
        "formula: first_half + second_half",
    ),
    "E303": Explanation(
        "A name must be a field of the record, a path through links, or a word of the language.",
        "when: amuont > 0",
        "when: amount > 0",
    ),
    "E304": Explanation(
        "A sign or word of another language: ours are == != and or not.",
        "when: stage = 'won' && debt > 0",
        "when: stage == 'won' and debt > 0",
    ),
    "E305": Explanation(
        "Texts stand in straight quotation marks.",
        "when: city == “Sofia”",
        "when: city == 'Sofia'",
    ),
    "E306": Explanation(
        "A letter looks Latin and is Cyrillic or Greek; ids have Latin letters.",
        "when: сity == 'Sofia'   # the first letter is Cyrillic",
        "when: city == 'Sofia'",
    ),
    "E307": Explanation(
        "There are no filters and no operators ** // % ~ here; functions do their work.",
        "when: name|length > 0",
        "when: name is not none",
    ),
    "E308": Explanation(
        "Only the functions of the language can be called.",
        "formula: sqrt(amount)",
        "formula: round(amount, 1)",
    ),
    "E309": Explanation(
        "The function is called with too few, too many or unfitting values.",
        "formula: round(name)",
        "formula: round(length_m, 1)",
    ),
    "E310": Explanation(
        "The two sides can never be compared.",
        "when: amount > 'much'",
        "when: amount > 1000",
    ),
    "E311": Explanation(
        "A choice is compared with one of its options.",
        "when: stage == 'lots'",
        "when: stage == 'lost'",
    ),
    "E312": Explanation(
        "These values can't be added, subtracted, multiplied or divided.",
        "formula: amount * prepaid",
        "formula: amount - prepaid",
    ),
    "E313": Explanation(
        "The place asks for another kind of value: a condition is true or false.",
        "when: amount",
        "when: amount > 0",
    ),
    "E314": Explanation(
        "A date is written '2026-03-02', a moment '2026-03-02 10:00'.",
        "when: due < '02.03.2026'",
        "when: due < '2026-03-02'",
    ),
    "E315": Explanation(
        "The language has no such construct: no dictionaries, indexes or tests but `is none`.",
        "when: tags[0] == 'vip'",
        "when: \"'vip' in tags\"",
    ),
    "E316": Explanation(
        "An expression stands bare; {{ }} is for texts.",
        'when: "{{ amount > 0 }}"',
        "when: amount > 0",
    ),
    "E317": Explanation(
        "A text may hold {{ expressions }} only: no statements, no comments, all braces closed.",
        'title: "{% if city %}{{ city }}{% endif %}"',
        'title: "{{ name }}, {{ city }}"',
    ),
    "E318": Explanation(
        "A number has at most 18 digits, 6 of them after the point, and no exponent.",
        "when: amount > 1e9",
        "when: amount > 1000000000",
    ),
    "E320": Explanation(
        "A word that is known elsewhere only: `ask` in the steps of a button that asks, `try`, "
        "`tries` and `next_try` in those of a ladder, `record` in all steps, and the name that a "
        "step gives (`as`) in the steps after it.",
        "when: try > 2",
        'each: [{note: "Try {{ try }} of {{ tries }}"}]',
    ),
    "L301": Explanation(
        "Aggregates over lines and reverse links belong to the language; this version does not "
        "run them yet.",
        "formula: sum(lines.total)",
        "formula: qty * price",
    ),
    "L302": Explanation(
        "The name belongs to the language (inputs); this version does not run it yet.",
        'default: "= inputs.price"',
        "default: 450",
    ),
}
