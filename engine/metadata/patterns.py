"""Regular expressions of authors, matched in time that grows with the text alone.

`(a+)+$` keeps an ordinary engine busy for minutes on thirty letters. Here a pattern becomes a small
program for a machine that tries all ways at once, so no pattern and no text can make it slow.
Whole match only. No look-around and no references back: they are refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

LONGEST_TEXT = 200
LONGEST_PATTERN = 500
LARGEST_PROGRAM = 4_000
MOST_REPEATS = 1_000
DEEPEST = 20

Test: TypeAlias = Callable[[str], bool]


class PatternProblem(ValueError):
    """The pattern is not one; `offset` says where."""

    def __init__(self, message: str, offset: int) -> None:
        """Keep the place in the pattern."""
        super().__init__(message)
        self.offset = offset


@dataclass(frozen=True, slots=True)
class One:
    """Takes one character that passes the test."""

    test: Test


@dataclass(frozen=True, slots=True)
class Fork:
    """Goes on in two places at once."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Edge:
    """Goes on at the beginning of the text, or at its end."""

    at_end: bool


Step: TypeAlias = One | Fork | Edge | None  # None: the pattern is through


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern."""

    text: str
    program: tuple[Step, ...]

    def matches(self, text: str) -> bool:
        """Say whether the whole text is of this form; texts over 200 letters never are."""
        if len(text) > LONGEST_TEXT:
            return False
        places = self._reach({0}, 0, len(text))
        for at, character in enumerate(text, 1):
            taken = {one + 1 for one in places if self._takes(one, character)}
            if not taken:
                return False
            places = self._reach(taken, at, len(text))
        return len(self.program) - 1 in places

    def _takes(self, place: int, character: str) -> bool:
        step = self.program[place]
        return isinstance(step, One) and step.test(character)

    def _reach(self, starts: set[int], at: int, length: int) -> set[int]:
        """Return all places that can be reached without taking a character."""
        reached: set[int] = set()
        waiting = list(starts)
        while waiting:
            place = waiting.pop()
            if place in reached:
                continue
            reached.add(place)
            match self.program[place]:
                case Fork(first, second):
                    waiting += (first, second)
                case Edge(at_end) if at == (length if at_end else 0):
                    waiting.append(place + 1)
                case _:
                    pass  # waits for a character, or is through
        return reached


def compile_pattern(text: str) -> Pattern:
    """Compile a pattern, or raise `PatternProblem` with the place of what can't be."""
    if len(text) > LONGEST_PATTERN:
        raise PatternProblem(f"a pattern has at most {LONGEST_PATTERN} characters", 0)
    program: tuple[Step, ...] = (*_Parser(text).whole(), None)
    if len(program) > LARGEST_PROGRAM:
        raise PatternProblem("the pattern repeats too much", 0)
    return Pattern(text, program)


class _Parser:
    """Reads a pattern by recursive descent; every method returns a relocatable program."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.any_case = text.startswith("(?i)")
        if self.any_case:
            self.at = len("(?i)")

    def whole(self) -> list[Step]:
        program = self.alternatives()
        if self.at < len(self.text):
            self.fail("this bracket closes nothing")
        return program

    def alternatives(self) -> list[Step]:
        program = self.sequence()
        while self.take("|"):
            other = self.sequence()
            jump = len(program) + len(other) + 2
            program = [
                Fork(1, len(program) + 2),
                *_moved(program, 1),
                Fork(jump, jump),
                *_moved(other, len(program) + 2),
            ]
            self.bound(program)
        return program

    def sequence(self) -> list[Step]:
        program: list[Step] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            program += _moved(self.repeated(), len(program))
            self.bound(program)
        return program

    def repeated(self) -> list[Step]:
        start = self.at
        program = self.single()
        quantified = False
        while (bounds := self.quantifier()) is not None:
            if quantified:
                self.fail("a repetition of a repetition", start)
            program, quantified = self.repeat(program, *bounds, start), True
            self.take("?")  # the lazy form: for a whole match it is the same
        return program

    def quantifier(self) -> tuple[int, int | None] | None:
        for mark, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.take(mark):
                return bounds
        start = self.at
        if not self.take("{"):
            return None
        low, comma, high = self.digits(), self.take(","), self.digits()
        if not self.take("}") or (low is None and high is None):
            self.fail("write a count as {3}, {2,} or {2,5}; the sign itself is \\{", start)
        least = low or 0
        most = high if comma else least
        if max(least, most or 0) > MOST_REPEATS or (most is not None and most < least):
            self.fail(f"counts go from 0 to {MOST_REPEATS}, the smaller one first", start)
        return least, most

    def repeat(self, program: list[Step], least: int, most: int | None, start: int) -> list[Step]:
        size = len(program)
        if size * max(least, most or 0) > LARGEST_PROGRAM:
            self.fail("the pattern repeats too much", start)
        result: list[Step] = []
        for _ in range(least):
            result += _moved(program, len(result))
        if most is None:
            result += _moved([Fork(1, size + 2), *_moved(program, 1), Fork(0, 0)], len(result))
            return result
        end = len(result) + (most - least) * (size + 1)
        for _ in range(most - least):
            result += [Fork(len(result) + 1, end), *_moved(program, len(result) + 1)]
        return result

    def single(self) -> list[Step]:
        character = self.text[self.at]
        self.at += 1
        if character in "*+?{":
            self.fail("there is nothing here to repeat", self.at - 1)
        match character:
            case "(":
                return self.group()
            case "[":
                return [One(self.choice())]
            case ".":
                return [One(_not_a_line_end)]
            case "^" | "$":
                return [Edge(at_end=character == "$")]
            case "\\":
                return [One(self.escaped())]
            case _:
                return [One(self.literal(character))]

    def group(self) -> list[Step]:
        start = self.at - 1
        if self.take("?") and not self.take(":"):
            self.fail("groups are (...) or (?:...); look-around is not known here", start)
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"brackets are at most {DEEPEST} deep", start)
        program = self.alternatives()
        self.depth -= 1
        if not self.take(")"):
            self.fail("this bracket is not closed", start)
        return program

    def choice(self) -> Test:
        start = self.at - 1
        refused = self.take("^")
        tests: list[Test] = []
        while not tests or self.peek() != "]":
            if self.at >= len(self.text):
                self.fail("this bracket is not closed", start)
            tests.append(self.member())
        self.at += 1
        accepted = tuple(tests)
        return lambda one: any(test(one) for test in accepted) is not refused

    def member(self) -> Test:
        start = self.at
        if self.peek() == "\\" and self.text[self.at + 1 : self.at + 2] in _CLASSES:
            self.at += 1
            return self.escaped()
        low = self.member_character()
        if self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return self.literal(low)
        self.at += 1
        high = self.member_character()
        if high < low:
            self.fail("a range goes from the smaller to the larger", start)
        return self.between(low, high)

    def member_character(self) -> str:
        if self.at >= len(self.text):
            self.fail("this bracket is not closed")
        character = self.text[self.at]
        self.at += 1
        return self.escaped_character() if character == "\\" else character

    def escaped(self) -> Test:
        found = _CLASSES.get(self.peek())
        if found is None:
            return self.literal(self.escaped_character())
        self.at += 1
        return found

    def escaped_character(self) -> str:
        character = self.peek()
        self.at += 1
        if character in _SIGNS:
            return _SIGNS[character]
        if not character or (character.isalnum() and character.isascii()):
            self.fail(f"\\{character} is not known here", self.at - 2)
        return character

    def literal(self, character: str) -> Test:
        if self.any_case:
            folded = character.casefold()
            return lambda one: one.casefold() == folded
        return character.__eq__

    def between(self, low: str, high: str) -> Test:
        if not self.any_case:
            return lambda one: low <= one <= high
        return lambda one: any(low <= form <= high for form in (one, one.lower(), one.upper()))

    def digits(self) -> int | None:
        start = self.at
        while self.peek() and self.peek() in "0123456789" and self.at - start < len("1000"):
            self.at += 1
        return int(self.text[start : self.at]) if self.at > start else None

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, mark: str) -> bool:
        if self.peek() != mark:
            return False
        self.at += 1
        return True

    def bound(self, program: list[Step]) -> None:
        if len(program) > LARGEST_PROGRAM:
            self.fail("the pattern repeats too much")

    def fail(self, message: str, at: int | None = None) -> NoReturn:
        raise PatternProblem(message, self.at if at is None else at)


def _moved(program: list[Step], by: int) -> Iterator[Step]:
    for step in program:
        yield Fork(step.first + by, step.second + by) if isinstance(step, Fork) else step


def _not_a_line_end(character: str) -> bool:
    return character != "\n"


def _is_digit(character: str) -> bool:
    return character in "0123456789"


def _is_word(character: str) -> bool:
    return character == "_" or character.isalnum()


def _opposite(test: Test) -> Test:
    return lambda one: not test(one)


_CLASSES: dict[str, Test] = {
    "d": _is_digit,
    "D": _opposite(_is_digit),
    "w": _is_word,
    "W": _opposite(_is_word),
    "s": str.isspace,
    "S": _opposite(str.isspace),
}
_SIGNS = {"n": "\n", "t": "\t"}
