"""Known deviations that somebody accepted, for a while.

A file of them is a list::

    - clause: compute.flavors["m1.tiny"].ram    # or `scenario:`, with `subject:` where it has one
      observed: 1024                            # what is seen instead; `absent`; `present` for an extra
      reason: the vendor's image needs it
      owner: compute-team@example.net
      ticket: OPS-17
      until: 2012-06-01

All keys but ``subject`` are required. For a scenario ``observed`` is its reason, ``*`` stands for any text in
it. A waiver covers what it says and nothing else: another value, or a day after ``until``, counts again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError

from harness.arch.paths import Path, parse, show
from harness.errors import Problem, UsageError

_LARGEST = 1024 * 1024
_TEXTS = ("reason", "owner", "ticket")
_KEYS = frozenset({"clause", "scenario", "subject", "observed", "until", *_TEXTS})
_SCENARIO = re.compile(r"(?P<id>[^\[\]]+)(?:\[(?P<subject>[^\[\]]+)\])?\Z")


@dataclass(frozen=True)
class Waiver:
    """One accepted deviation: of a ``clause`` (a path) or of a ``scenario`` (a key).

    ``until`` is epoch seconds.
    """

    clause: Path | None
    scenario: str | None
    observed: Any
    reason: str
    owner: str
    ticket: str
    until: float
    where: str = ""

    @property
    def what(self) -> str:
        """What it is about, as the user wrote it."""
        return show(self.clause) if self.clause else str(self.scenario)

    @property
    def until_text(self) -> str:
        """The end in UTC, for people."""
        return datetime.fromtimestamp(self.until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def expired(self, now: float) -> bool:
        """Whether it counts no more at that time (epoch seconds)."""
        return now > self.until

    def covers_clause(self, path: Path, observed: Any) -> bool:
        """Whether it is about this clause, and about what was seen there."""
        expected = None if self.observed == "absent" and observed is None else self.observed
        if isinstance(expected, list) and isinstance(observed, list):
            expected, observed = sorted(map(repr, expected)), sorted(map(repr, observed))
        return (
            path == self.clause
            and expected == observed
            and isinstance(expected, bool) == isinstance(observed, bool)
        )

    def covers_scenario(self, key: str, reason: str) -> bool:
        """Whether it is about this scenario on this subject, failing for this reason."""
        return key == self.scenario and fnmatchcase(reason, re.sub(r"\[", "[[]", str(self.observed)))


def load_waivers(
    path: FilePath, *, clauses: Iterable[Path] = (), scenarios: Iterable[str] = ()
) -> tuple[Waiver, ...]:
    """Read a file of waivers; raises ``UsageError`` with every problem, each with file and line.

    With ``clauses`` (of the description) or ``scenarios`` (their ids) given, a name beside them is a problem
    as well.
    """
    known = _Known({show(clause) for clause in clauses}, frozenset(scenarios))
    problems: list[Problem] = []
    found = []
    for line, entry in _entries(path):
        waiver, wrong = _Entry(f"{path}:{line}", entry, known).read()
        problems += wrong
        found += [waiver] if waiver else []
    if problems:
        raise UsageError(*problems)
    return tuple(found)


class _Constructor(RoundTripConstructor):
    """Leaves dates as they are written: what APIs say of times is text, too."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_yaml_str)


@dataclass(frozen=True)
class _Known:
    clauses: set[str]
    scenarios: frozenset[str]


def _entries(path: FilePath) -> Iterator[tuple[int, Any]]:
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(Problem(str(path), "larger than 1 MiB: not a file of waivers"))
        yaml = YAML(typ="rt")
        yaml.Constructor = _Constructor
        data = yaml.load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(Problem(str(path), f"cannot be read: {error.strerror}")) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}:{mark.line + 1 if mark else 1}"
        raise UsageError(Problem(place, f"not YAML: {error.problem or error.context}")) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(Problem(str(path), f"cannot be read: {error}")) from None
    rows = data.get("waivers") if isinstance(data, Mapping) and set(data) == {"waivers"} else data
    if rows is None:
        return
    if not isinstance(rows, list):
        raise UsageError(Problem(f"{path}:1", "not a file of waivers", expected="a list of waivers"))
    for index, row in enumerate(rows):
        yield rows.lc.item(index)[0] + 1, row  # type: ignore[attr-defined]


class _Entry:
    """One entry of the file while it is read; problems are gathered, not raised."""

    def __init__(self, where: str, entry: Any, known: _Known) -> None:
        self.where = where
        self.entry: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {}
        self.known = known
        self.problems: list[Problem] = []
        if not isinstance(entry, Mapping):
            self._wrong(
                "not a waiver", expected=f"a mapping with {', '.join(sorted(_KEYS))}", found=repr(entry)[:80]
            )

    def read(self) -> tuple[Waiver | None, list[Problem]]:
        if self.problems:
            return None, self.problems
        for key in self.entry:
            if key not in _KEYS:
                near = get_close_matches(str(key), _KEYS, 1)
                self._wrong("no such key", path=str(key), hint=f"did you mean {near[0]!r}?" if near else "")
        clause, scenario = self._target()
        texts = {name: self._text(name) for name in _TEXTS}
        observed = self._observed()
        until = self._until()
        if self.problems:
            return None, self.problems
        return Waiver(clause, scenario, observed, **texts, until=until, where=self.where), []

    def _target(self) -> tuple[Path | None, str | None]:
        named = [name for name in ("clause", "scenario") if name in self.entry]
        if len(named) != 1:
            self._wrong(
                "says not what it waives",
                expected="exactly one of clause and scenario",
                found=", ".join(named),
            )
            return None, None
        return (self._clause(), None) if named == ["clause"] else (None, self._scenario())

    def _clause(self) -> Path | None:
        text = str(self.entry["clause"])
        if "subject" in self.entry:
            self._wrong("a clause has no subject", path="subject", hint="write the whole path of the clause")
        try:
            path = parse(text)
        except ValueError as error:
            self._wrong(str(error), path="clause")
            return None
        extra = self.entry.get("observed") == "present"
        if self.known.clauses and text not in self.known.clauses and not extra:
            near = get_close_matches(text, self.known.clauses, 1)
            self._wrong(
                "the description has no such clause",
                path=text,
                hint=f"did you mean {near[0]}?" if near else "",
            )
        return path

    def _scenario(self) -> str | None:
        match = _SCENARIO.match(str(self.entry["scenario"]))
        subject = self.entry.get("subject", match["subject"] if match else None)
        if match is None or (match["subject"] and match["subject"] != str(subject)):
            self._wrong(
                "not a scenario",
                path="scenario",
                expected="an id such as compute.boot",
                found=str(self.entry["scenario"]),
            )
            return None
        name = match["id"]
        if self.known.scenarios and name not in self.known.scenarios:
            near = get_close_matches(name, self.known.scenarios, 1)
            self._wrong("no such scenario", path=name, hint=f"did you mean {near[0]}?" if near else "")
        return name if subject is None else f"{name}[{subject}]"

    def _text(self, name: str) -> str:
        value = self.entry.get(name)
        if value is None or not str(value).strip():
            self._wrong("missing", path=name)
        return str(value)

    def _observed(self) -> Any:
        if "observed" not in self.entry:
            self._wrong("missing", path="observed", expected="what is seen instead of what was described")
            return None
        try:
            return _plain(self.entry["observed"])
        except (ValueError, RecursionError) as error:
            self._wrong(str(error), path="observed")
            return None

    def _until(self) -> float:
        value = self.entry.get("until")
        found = _moment(value)
        if found is None:
            what = "an open-ended waiver is refused" if value is None else "not a date"
            self._wrong(
                what,
                path="until",
                expected="a date (its whole day counts) or a time, UTC unless it says",
                found="" if value is None else str(value),
            )
        return found or 0.0

    def _wrong(
        self, message: str, *, path: str = "", expected: str = "", found: str = "", hint: str = ""
    ) -> None:
        self.problems.append(Problem(self.where, message, path, expected, found, hint))


def _moment(value: Any) -> float | None:
    """Epoch seconds of a date (its last second) or of a time, as a text; UTC unless it says."""
    try:
        text = str(value)
        if len(text) <= 10:
            return datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC).timestamp()
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
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
