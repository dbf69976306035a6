"""One entry of a file of waivers: what it says, and everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from harness.arch.clauses import ClauseTable
from harness.arch.paths import Path, parse, show
from harness.arch.ranges import spread
from harness.errors import Problem
from harness.evidence.verdicts import PRESENT
from harness.evidence.waivers import Waiver

_TEXTS = ("reason", "owner", "ticket")
KEYS = frozenset({"clause", "scenario", "subject", "step", "observed", "until", *_TEXTS})
LONGEST = 366 * 86400.0
"""A waiver holds for a year at most: then somebody looks at it again."""
_SCENARIO = re.compile(r"(?P<id>[^\[\]]+)(?:\[(?P<subject>.+)\])?\Z")
_PLACEHOLDER = re.compile(r"<[^<>]*>\Z")


@dataclass(frozen=True)
class Known:
    """What a waiver can be about: the clauses of a description and the keys of its scenarios; ``now``."""

    table: ClauseTable | None = None
    scenarios: frozenset[str] = frozenset()
    now: float | None = None

    @cached_property
    def clauses(self) -> list[str]:
        """The printed paths."""
        return [show(path) for path in self.table.clauses] if self.table else []

    @cached_property
    def subjects(self) -> Mapping[str, list[str]]:
        """Scenario id → its subjects; none for a scenario that has none."""
        found: dict[str, list[str]] = {}
        for key in sorted(self.scenarios):
            name, _, rest = key.partition("[")
            found.setdefault(name, []).extend([rest[:-1]] if rest else [])
        return found


class Entry:
    """One entry of the file while it is read; problems are gathered, not raised."""

    def __init__(self, where: str, entry: Any, known: Known) -> None:
        self.where = where
        self.entry: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {}
        self.known = known
        self.problems: list[Problem] = []
        if not self.entry:
            self._wrong(
                "not a waiver", expected=f"a mapping with {', '.join(sorted(KEYS))}", found=repr(entry)[:80]
            )

    def read(self) -> tuple[list[Waiver], list[Problem]]:
        """A waiver for each thing that it is about, or what is wrong."""
        if self.problems:
            return [], self.problems
        for key in self.entry:
            if key not in KEYS:
                self._wrong("no such key", path=str(key), hint=_meant(str(key), KEYS))
        targets = self._targets()
        texts = {name: self._text(name) for name in _TEXTS}
        observed, step, until = self._observed(), self._step(), self._until()
        if self.problems:
            return [], self.problems
        return [
            Waiver(clause, scenario, observed, **texts, until=until, where=self.where, step=step)
            for clause, scenario in targets
        ], []

    def _targets(self) -> list[tuple[Path | None, str | None]]:
        named = [name for name in ("clause", "scenario") if name in self.entry]
        if len(named) != 1:
            self._wrong(
                "says not what it waives",
                expected="exactly one of clause and scenario",
                found=", ".join(named),
            )
            return []
        if named == ["scenario"]:
            return [(None, key) for key in self._scenarios()]
        for key in ("subject", "step"):
            if key in self.entry:
                self._wrong(f"a clause has no {key}", path=key, hint="write the whole path of the clause")
        return [(path, None) for path in self._clauses()]

    def _spread(self, key: str, text: str) -> list[str]:
        """What a text with ranges stands for."""
        try:
            return spread(text)
        except ValueError as error:
            self._wrong(f"expected {error}", path=key, found=text)
            return []

    def _clauses(self) -> Iterator[Path]:
        for text in self._spread("clause", str(self.entry["clause"])):
            try:
                path = parse(text)
            except ValueError as error:
                self._wrong(str(error), path="clause")
                return
            if self.known.table is not None:
                self._exists(path, self.known.table)
            yield path

    def _exists(self, path: Path, table: ClauseTable) -> None:
        """Whether the description has the clause; or, for an extra, the list that it is beside."""
        if self.entry.get("observed") != PRESENT:
            if path not in table.clauses:
                hint = _meant(show(path), self.known.clauses)
                self._wrong("the description has no such clause", path=show(path), hint=hint)
        elif next(table.below(path), None) is not None:
            self._wrong("is described: `present` is for what is not", path=show(path))
        elif not table.collections.get(path[:-1]):
            closed = [show(each) for each, whole in table.collections.items() if whole]
            hint = _meant(show(path[:-1]), closed)
            self._wrong("nothing is too much there", path=show(path), expected="a closed list", hint=hint)

    def _scenarios(self) -> Iterator[str]:
        text = str(self.entry["scenario"])
        match = _SCENARIO.match(text)
        subject = self.entry.get("subject", match["subject"] if match else None)
        if match is None or (match["subject"] and match["subject"] != str(subject)):
            self._wrong("not a scenario", path="scenario", expected="an id such as compute.boot", found=text)
            return
        for name in [None] if subject is None else self._spread("subject", str(subject)):
            self._known(match["id"], name)
            yield match["id"] if name is None else f"{match['id']}[{name}]"

    def _known(self, name: str, subject: str | None) -> None:
        """Whether there is such a scenario, and whether it has this subject."""
        subjects = self.known.subjects.get(name)
        if not self.known.scenarios:
            return
        if subjects is None:
            self._wrong("no such scenario", path=name, hint=_meant(name, self.known.subjects))
        elif subject is None and subjects:
            self._wrong(
                "says not on which subject", path=name, expected=f"subject: {subjects[0]}, or a range of them"
            )
        elif subject is not None and subject not in subjects:
            what = "has no such subject" if subjects else "has no subjects"
            self._wrong(f"{name} {what}", path="subject", found=subject, hint=_meant(subject, subjects))

    def _text(self, name: str) -> str:
        value = self.entry.get(name)
        if value is None or not str(value).strip():
            self._wrong("missing", path=name)
        return self._filled(name, str(value))

    def _filled(self, name: str, text: str) -> str:
        """The text, where it is no longer the placeholder that a suggestion puts there."""
        if _PLACEHOLDER.match(text.strip()):
            self._wrong("still to be filled in", path=name, found=text)
        return text

    def _step(self) -> str:
        return str(self.entry.get("step", ""))

    def _observed(self) -> Any:
        if "observed" not in self.entry:
            self._wrong("missing", path="observed", expected="what is seen instead of what was described")
            return None
        try:
            found = _plain(self.entry["observed"])
        except (ValueError, RecursionError) as error:
            self._wrong(str(error), path="observed")
            return None
        if "scenario" in self.entry and not str(found).replace("*", "").strip():
            expected = "the reason of the failure, with * for what changes in it"
            self._wrong("would cover any failure", path="observed", expected=expected, found=str(found))
        return found

    def _until(self) -> float:
        value = self.entry.get("until")
        found = moment(value)
        if found is None:
            what = "an open-ended waiver is refused" if value is None else "not a date"
            self._wrong(
                what,
                path="until",
                expected="a date (its whole day counts) or a time, UTC unless it says",
                found="" if value is None else str(value),
            )
        elif self.known.now is not None and found > self.known.now + LONGEST:
            self._wrong("too far away", path="until", expected="at most a year from now", found=str(value))
        return found or 0.0

    def _wrong(
        self, message: str, *, path: str = "", expected: str = "", found: str = "", hint: str = ""
    ) -> None:
        self.problems.append(Problem(self.where, message, path, expected, found, hint))


def _meant(name: str, among: Any) -> str:
    near = get_close_matches(name, list(among), 1)
    return f"did you mean {near[0]}?" if near else ""


def moment(value: Any) -> float | None:
    """Epoch seconds of a date (its last second) or of a time, as a text; UTC unless it says."""
    try:
        text = str(value)
        if len(text) <= 10:
            return datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC).timestamp()
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _plain(value: Any, left: Iterator[int] | None = None) -> Any:
    """The value without the YAML reader's own types, in the JSON types that observations have.

    Raises ``ValueError`` for more than a thousand parts: aliases can make a short file say a lot.
    """
    left = left or iter(range(1000))
    if next(left, None) is None:
        raise ValueError("more than a thousand values")
    if isinstance(value, Mapping):
        return {str(key): _plain(item, left) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, left) for item in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return None if value is None else str(value)
