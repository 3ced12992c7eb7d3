"""One text of YAML -> located nodes and problems.

The text is read event by event: what the language refuses (anchors, tags, several documents,
depth) is refused at the first event, before anything is built. A syntax error does not hide the
rest of the file: the parts around it are read by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile

import yaml

from engine.metadata import syntax, traps
from engine.metadata.nodes import Entry, Mapping, Node, Path, Scalar, Sequence, address_of
from engine.metadata.problems import Mark, Problem, has_errors
from engine.metadata.trap_problems import cut_by_comma, no_pairs

DEEPEST = 32
MOST_NODES = 100_000
MOST_ITEMS = 1_000  # of one map or list; files of rows may have more
MOST_READINGS = 200  # of a file with syntax errors, part by part
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """A file as nodes.

    `broken` are the paths at or below which something could not be read; what stands at `misread`
    was read, and not as it was meant. `count` is how many values were read.
    """

    file: str
    root: Mapping | None
    problems: tuple[Problem, ...]
    broken: frozenset[Path] = frozenset()
    misread: frozenset[Path] = frozenset()
    count: int = 0


def read_nodes(file: str, text: str, most: int = MOST_ITEMS) -> Document:
    """Read one file, with at most `most` items a list: what can't be read becomes a problem."""
    problems = traps.check_text(file, text)
    if has_errors(problems):
        return Document(file, None, problems, frozenset({()}))
    reading = _Reading(file, traps.lines_of(text), most)
    root = reading.read(syntax.Span(0, len(reading.lines)), ())
    broken, misread = frozenset(reading.broken), frozenset(reading.misread)
    said = (*problems, *reading.problems)
    return Document(file, root, said, broken | misread, misread, reading.count)


@dataclass(slots=True)
class _Reading:
    """Reads a file, or as much of it as stands outside its syntax errors."""

    file: str
    lines: list[str]
    most: int
    readings: int = 0
    count: int = 0
    problems: list[Problem] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)
    misread: set[Path] = field(default_factory=set)

    def read(self, span: syntax.Span, path: Path) -> Mapping | None:
        """Read the lines of a span as one map."""
        builder = _Builder(self.file, self.lines, path, self.most)
        self.readings += 1
        try:
            node = builder.build("\n" * span.start + "\n".join(self.lines[span.start : span.end]))
        except (yaml.YAMLError, _Refusal) as error:
            return self._read_around(error, span, path)
        self.count += builder.count
        self.problems += builder.problems
        self.misread |= builder.misread
        if node is None or isinstance(node, Mapping):
            return node
        self.problems.append(syntax.not_a_map(node.mark))
        self.broken.add(path)
        return None

    def _read_around(
        self, error: yaml.YAMLError | _Refusal, span: syntax.Span, path: Path
    ) -> Mapping | None:
        before = len(self.problems)
        is_last = _ends_reading(error) or self.readings > MOST_READINGS
        parts = () if is_last else syntax.parts(self.lines, span)
        found = self._read_parts(parts, path) if len(parts) > 1 else self._below(parts, path)
        if len(self.problems) == before:  # each part is right by itself: the error is between them
            at = (*path, parts[0].key) if len(parts) == 1 and parts[0].key else path
            self.problems.append(replace(self._explain(error, span), address=address_of(at)))
            self.broken.add(at)
        return found

    def _read_parts(self, parts: tuple[syntax.Part, ...], path: Path) -> Mapping:
        entries: dict[str, Entry] = {}
        for part in parts:
            if self.readings > MOST_READINGS:
                self.problems.append(syntax.too_broken(Mark(self.file, part.span.start + 1, 1)))
                self.broken.add(path)
                break
            below = self.read(part.span, path)
            for entry in below.entries if below else ():
                first = entries.setdefault(entry.key.text, entry)
                if first is not entry:
                    problem = syntax.duplicate_key(entry.key, first.key)
                    address = address_of((*path, entry.key.text))
                    self.problems.append(replace(problem, address=address))
        return Mapping(tuple(entries.values()), Mark(self.file, parts[0].span.start + 1, 1))

    def _below(self, parts: tuple[syntax.Part, ...], path: Path) -> Mapping | None:
        """Read what stands below a single key."""
        if not parts or not parts[0].below or not parts[0].key:
            return None
        part, text = parts[0], parts[0].key
        below = self.read(part.below or part.span, (*path, text))
        mark = Mark(self.file, part.span.start + 1, part.column + 1, len(text))
        return Mapping((Entry(Scalar(text, mark, mark), below or Mapping((), mark)),), mark)

    def _explain(self, error: yaml.YAMLError | _Refusal, span: syntax.Span) -> Problem:
        if isinstance(error, _Refusal):
            return error.problem
        return traps.explain(self.file, self.lines, error, span)


class _Refusal(Exception):
    """Something that the language refuses; a final one ends the reading of the file."""

    def __init__(self, problem: Problem, *, final: bool = False) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.final = final


def _ends_reading(error: yaml.YAMLError | _Refusal) -> bool:
    return isinstance(error, _Refusal) and error.final


class _Builder:
    """Builds nodes from events, within bounds."""

    def __init__(self, file: str, lines: list[str], path: Path, most: int) -> None:
        self.file = file
        self.lines = lines
        self.root = path
        self.most = most
        self.count = 0
        self.problems: list[Problem] = []
        self.misread: set[Path] = set()
        self._events: Iterator[yaml.Event] = iter(())

    def build(self, text: str) -> Node | None:
        """Return the text's one document."""
        self._events = iter(yaml.parse(text, Loader=LOADER))
        next(self._events)  # the stream begins
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            return None
        node = self._node(next(self._events), len(self.root), self.root)
        next(self._events)  # the document ends
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise _Refusal(syntax.second_document(self._mark(event)), final=True)
        return None if isinstance(node, Scalar) and node.is_nothing else node

    def _node(self, event: yaml.Event, depth: int, path: Path) -> Node:
        mark = self._mark(event)
        self._guard(event, mark, depth)
        match event:
            case yaml.ScalarEvent():
                return self._scalar(event, mark)
            case yaml.SequenceStartEvent():
                return self._sequence(mark, depth, path)
            case _:
                flow = bool(getattr(event, "flow_style", False))
                return self._mapping(mark, depth, path, flow=flow)

    def _guard(self, event: yaml.Event, mark: Mark, depth: int) -> None:
        self.count += 1
        if depth > DEEPEST:
            raise _Refusal(syntax.too_deep(mark), final=True)
        if self.count > MOST_NODES:
            raise _Refusal(syntax.too_many(mark), final=True)
        refused = syntax.refused_event(event, mark)
        if refused:
            raise _Refusal(refused)

    def _guard_length(self, length: int, mark: Mark) -> None:
        if length > self.most:
            raise _Refusal(syntax.too_long(mark, self.most), final=True)

    def _sequence(self, mark: Mark, depth: int, path: Path) -> Sequence:
        items: list[Node] = []
        for event in takewhile(_goes_on, self._events):
            items.append(self._node(event, depth + 1, (*path, len(items))))
            self._guard_length(len(items), mark)
        return Sequence(tuple(items), mark)

    def _mapping(self, mark: Mark, depth: int, path: Path, *, flow: bool) -> Mapping:
        entries: dict[str, Entry] = {}
        previous: Entry | None = None
        for event in takewhile(_goes_on, self._events):
            key = self._node(event, depth + 1, path)
            if not isinstance(key, Scalar):
                raise _Refusal(traps.odd_key(key, self.lines))
            said = len(self.problems)
            value = self._node(next(self._events), depth + 1, (*path, key.text))
            if isinstance(value, Scalar) and value.is_nothing and len(self.problems) > said:
                self.misread.add((*path, key.text))
            if flow and traps.has_no_colon(key, value, self.lines):
                self._without_colon(previous, key, mark, path)
            elif key.text in entries:
                self.problems.append(syntax.duplicate_key(key, entries[key.text].key))
            else:
                self._check_key(key)
                previous = entries[key.text] = Entry(key, value)
            if len(self.problems) > said:
                self._tell_address(said, address_of((*path, key.text)))
            self._guard_length(len(entries), key.mark)
        return Mapping(tuple(entries.values()), mark)

    def _without_colon(self, previous: Entry | None, key: Scalar, mark: Mark, path: Path) -> None:
        """Explain `{formula: round(a, 2)}` and `{red, green}`: the last item is no pair."""
        if previous and isinstance(previous.value, Scalar) and not previous.value.is_nothing:
            address = address_of((*path, previous.key.text))
            self.problems.append(replace(cut_by_comma(previous, key), address=address))
            self.misread.add((*path, previous.key.text))
        elif path not in self.misread:
            self.problems.append(replace(no_pairs(mark, key), address=address_of(path)))
            self.misread.add(path)

    def _tell_address(self, since: int, address: str) -> None:
        for number in range(since, len(self.problems)):
            if not self.problems[number].address:
                self.problems[number] = replace(self.problems[number], address=address)

    def _check_key(self, key: Scalar) -> None:
        if key.text == "<<" and not key.quoted:
            raise _Refusal(syntax.merge_key(key.mark))

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark) -> Scalar:
        if event.style in ("'", '"'):
            begin = Mark(self.file, mark.line, mark.column + 1, max(1, mark.length - 2))
            scalar = Scalar(event.value, mark, begin, quoted=True)
            self.problems += traps.check_escapes(scalar)
            return scalar
        if event.style in ("|", ">"):
            return Scalar(event.value, mark, self._first_line(mark), quoted=True)
        scalar = Scalar(event.value, mark, mark)
        self.problems += traps.check_plain(scalar, self.lines, *_end(event))
        return scalar

    def _first_line(self, mark: Mark) -> Mark:
        """Return where the text of a block (`|`, `>`) begins."""
        line = self.lines[mark.line] if mark.line < len(self.lines) else ""
        text = line.strip()
        return Mark(self.file, mark.line + 1, len(line) - len(line.lstrip()) + 1, len(text) or 1)

    def _mark(self, event: yaml.Event) -> Mark:
        line, column = _start(event)
        last, stop = _end(event)
        if last != line:
            stop = len(self.lines[line].rstrip()) if line < len(self.lines) else 0
        return Mark(self.file, line + 1, column + 1, max(1, stop - column))


def _start(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line, mark.column) if mark else (0, 0)


def _end(event: yaml.Event) -> tuple[int, int]:
    mark = event.end_mark
    return (mark.line, mark.column) if mark else (0, 0)


def _goes_on(event: yaml.Event) -> bool:
    return not isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent))
