"""YAML as the user wrote it: a tree of texts that knows file and line of each key.

Scalars stay texts (``2012.1`` is a version, ``yes`` a name); the grammar says what each must be. Files are
hostile until read: size, depth and the expansion of aliases are bounded, tags and repeated keys are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from harness.arch.paths import Path
from harness.errors import Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 24
MAX_ENTRIES = 50_000
MAX_TEXT = 10_000
_NULLS = ("", "~", "null", "Null", "NULL")
_PLAIN_TAGS = (
    None,
    "!",
    *(f"tag:yaml.org,2002:{t}" for t in ("str", "int", "float", "bool", "null", "map", "seq")),
)


@dataclass(frozen=True)
class Place:
    """Where something was written. ``inherited`` if in a file that the user's own file extends; ``captured``
    says from what, where nobody wrote the file but the cloud itself was asked.
    """

    file: str
    line: int = 0
    inherited: bool = False
    captured: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Entry:
    """One value with the place of its key: a text, nothing, a list or a mapping of entries."""

    value: str | Sequence[Entry] | Mapping[str, Entry] | None
    place: Place

    @property
    def items(self) -> Mapping[str, Entry]:
        """The entries of a mapping; of anything else none."""
        return self.value if isinstance(self.value, Mapping) else {}

    def along(self, path: Path) -> Iterator[Entry]:
        """The entries met on the way down a path, as far as it exists, itself first."""
        entry: Entry | None = self
        for part in (*path, None):
            if entry is None:
                return
            yield entry
            entry = entry.items.get(part) if part is not None else None

    def plain(self) -> Any:
        """The same without places: texts, ``None``, lists and dicts."""
        if isinstance(self.value, Mapping):
            return {name: child.plain() for name, child in self.value.items()}
        if self.value is None or isinstance(self.value, str):
            return self.value
        return [child.plain() for child in self.value]


class Unreadable(Exception):  # noqa: N818 - carries a problem, is none of its own
    """Reading cannot go on; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def read_text(text: str, file: str, *, inherited: bool = False) -> tuple[Entry | None, list[Problem]]:
    """The tree of one YAML document, ``None`` where it cannot be read at all, and all problems met."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        found = f"{len(text):,} characters"
        return None, [
            Problem(file, "the file is too large", expected=f"at most {MAX_BYTES:,} bytes", found=found)
        ]
    reader = _Reader(file, inherited)
    try:
        entry = reader.document(text)
    except Unreadable as error:
        return None, [*reader.problems, error.problem]
    return entry, reader.problems


@dataclass
class _Reader:
    file: str
    inherited: bool
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    anchors: dict[str, tuple[Entry, int]] = field(default_factory=dict)

    def document(self, text: str) -> Entry:
        events = self._events(text)
        first = next(events, None)
        if first is None:
            self._stop("the file is empty", 1, expected="a mapping that begins with deployday: 1")
        entry = self._node(first, events, self._place(first), 0)
        another = next(events, None)
        if another is not None:
            self._stop(
                "a second document in one file", another.start_mark.line + 1, expected="one YAML document"
            )
        return entry

    def _events(self, text: str) -> Iterator[Any]:
        """The events of nodes; whatever the YAML library raises becomes a problem with its line."""
        skip = (
            "StreamStartEvent",
            "StreamEndEvent",
            "DocumentStartEvent",
            "DocumentEndEvent",
            "CommentEvent",
        )
        try:
            for event in YAML(typ="safe", pure=True).parse(text):
                if type(event).__name__ not in skip:
                    yield event
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = ", ".join(part for part in (error.context, error.problem) if part)
            self._stop(f"not YAML: {what}", mark.line + 1 if mark else 0)
        except (YAMLError, ValueError, ArithmeticError, LookupError, AttributeError, TypeError) as error:
            first = str(error).partition("\n")[0]
            self._stop(f"not YAML: {first or type(error).__name__}", 0)

    def _node(self, event: Any, events: Iterator[Any], place: Place, depth: int) -> Entry:
        self.count += 1
        if self.count > MAX_ENTRIES:
            self._stop(
                "too many entries, aliases counted as what they stand for", place.line, f"{MAX_ENTRIES:,}"
            )
        if depth > MAX_DEPTH:
            self._stop("nested too deeply", place.line, f"at most {MAX_DEPTH} levels")
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self._alias(event, place)
        if _tag(event) not in _PLAIN_TAGS:
            found = str(_tag(event))
            self.problems.append(Problem(str(self._place(event)), "a tag is not allowed", found=found))
        before = self.count
        value: Any
        if kind == "MappingStartEvent":
            value = self._mapping(events, depth)
        elif kind == "SequenceStartEvent":
            value = self._sequence(events, depth)
        else:
            value = self._scalar(event)
        entry = Entry(value, place)
        if event.anchor:
            self.anchors[event.anchor] = (entry, self.count - before)
        return entry

    def _alias(self, event: Any, place: Place) -> Entry:
        if event.anchor not in self.anchors:
            self._stop(
                "an alias without an anchor before it, or inside of what it stands for",
                place.line,
                found=f"*{event.anchor}",
            )
        entry, size = self.anchors[event.anchor]
        self.count += size
        return Entry(entry.value, place)

    def _scalar(self, event: Any) -> str | None:
        if len(event.value) > MAX_TEXT:
            self._stop("a text is too long", event.start_mark.line + 1, f"at most {MAX_TEXT:,} characters")
        if any("\ud800" <= letter <= "\udfff" for letter in event.value):
            self._stop("a text holds half a character (a lone surrogate)", event.start_mark.line + 1)
        return None if event.style is None and event.value in _NULLS else str(event.value)

    def _sequence(self, events: Iterator[Any], depth: int) -> list[Entry]:
        items: list[Entry] = []
        for event in events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            items.append(self._node(event, events, self._place(event), depth + 1))
        return items

    def _mapping(self, events: Iterator[Any], depth: int) -> dict[str, Entry]:
        items: dict[str, Entry] = {}
        for event in events:
            if type(event).__name__ == "MappingEndEvent":
                break
            place = self._place(event)
            if type(event).__name__ != "ScalarEvent":
                self._stop("a key that is not a name", place.line, expected="a text")
            key = self._scalar(event) or str(event.value)
            [value] = islice(events, 1)
            entry = self._node(value, events, place, depth + 1)
            if key == "<<":
                hint = "write extends, or repeat the keys"
                self.problems.append(Problem(str(place), "merge keys are not supported", hint=hint))
            elif key in items:
                found = f"first at {items[key].place}"
                self.problems.append(Problem(str(place), f"the key {key} is given twice", found=found))
            else:
                items[key] = entry
        return items

    def _place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, self.inherited)

    def _stop(self, message: str, line: int, expected: str = "", found: str = "") -> NoReturn:
        raise Unreadable(Problem(str(Place(self.file, line)), message, expected=expected, found=found))


def _tag(event: Any) -> str | None:
    return None if event.tag is None else str(event.tag)
