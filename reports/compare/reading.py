"""A report as a comparison needs it, read from ``report.json`` of any version so far.

Read as plain JSON and by hand: ten reports of a thousand scenarios in well under a second.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic_core import from_json

from harness.errors import Problem, UsageError
from harness.evidence.folder import RunFolder
from reports.model import VERDICTS, VERSION
from reports.text import line

T = TypeVar("T")
_LARGEST = 256 * 1024 * 1024


@dataclass(frozen=True)
class Told:
    """A scenario on a subject as one run told it; ``steps`` are (title, seconds). ``carried`` is the run that
    told it, where this one did not: then its times are that one's, and no samples of this.
    """

    key: str
    id: str
    subject: str | None
    title: str
    gate: str
    verdict: str
    counts: bool
    reason: str
    version: str
    duration: float
    steps: tuple[tuple[str, float], ...]
    samples: Mapping[str, list[float]]
    carried: str = ""


@dataclass(frozen=True)
class Leaf:
    """A clause as one run found it."""

    path: str
    described: Any
    observed: Any
    seen: bool
    state: str
    level: str
    waived: str
    origin: str
    measured: bool


@dataclass(frozen=True)
class Seen:
    """One run, as its report tells it."""

    id: str
    source: str
    site: str
    architecture: str
    release: str
    fingerprint: str
    version: str
    started: float
    verdict: str
    banner: str
    verified: int
    total: int
    ended_early: bool
    lab: bool
    workers: int
    options: Mapping[str, Any]
    machine: Mapping[str, Any]
    load: tuple[float, ...]
    scope: str
    wall: float
    round_trip_ms: float | None
    answer_ms: float | None
    scenarios: Mapping[str, Told]
    leaves: Mapping[str, Leaf]
    undescribed: Mapping[str, bool]
    names: Mapping[str, list[str]] = field(default_factory=dict)
    systems: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def carries(self) -> bool:
        """Whether it told only a part, and carries the rest from an earlier run."""
        return any(told.carried for told in self.scenarios.values())

    @property
    def short(self) -> str:
        """The four digits that it is called by."""
        return self.id.rpartition("-")[2] or self.id

    @property
    def series(self) -> tuple[str, str]:
        """What belongs into one history: site and architecture."""
        return self.site, self.architecture

    @property
    def configuration(self) -> tuple[str, str, str]:
        """What is one and the same cloud as described."""
        return self.site, self.architecture, self.fingerprint

    @cached_property
    def failing(self) -> frozenset[str]:
        """Scenarios that did not pass although they apply and can be seen."""
        return frozenset(k for k, s in self.scenarios.items() if s.verdict in ("fail", "unknown", "blocked"))


def read(where: Path) -> Seen:
    """Read a run's folder, or a ``report.json`` by itself; a run without one, or with one of an older Deploy
    Day that kept less, has it built from its record.

    Raises ``UsageError`` that names the file and what is wrong with it.
    """
    file = where / "report.json" if where.is_dir() else where
    if where.is_dir() and not file.exists():
        return _seen(_built(RunFolder(where)), where)
    data = _json(file)
    if (
        where.is_dir()
        and isinstance(data, dict)
        and "discovered" not in data
        and (where / "plan.json").exists()
    ):
        data = _built(RunFolder(where))  # an older report of a run that still has its record
    return _seen(data, file)


def _built(folder: RunFolder) -> Any:
    from reports.build import build  # the judge and all that it needs: only where there is no report

    return build(folder).model_dump(mode="json", fallback=str)


def _json(path: Path) -> Any:
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(Problem(str(path), "too large", expected=f"at most {_LARGEST >> 20} MiB"))
        data = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(Problem(str(path), "there is no such report", hint="deployday report RUN")) from None
    try:
        return from_json(data, allow_inf_nan=False)
    except ValueError:
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise UsageError(Problem(str(path), f"not JSON: {error}")) from None


def _seen(data: Any, path: Path) -> Seen:
    said = data.get("report") if isinstance(data, dict) else None
    if not isinstance(said, int) or "scenarios" not in data:
        raise UsageError(Problem(str(path), "not the report of a run", expected="report.json of deployday"))
    if said > VERSION:
        raise UsageError(
            Problem(
                str(path), "of a later Deploy Day", expected=f"version {VERSION} or older", found=str(said)
            )
        )
    try:
        return _taken(data, str(path))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = f"not the report of a run: {type(error).__name__} {line(str(error), 80)}"
        raise UsageError(Problem(str(path), problem, hint="deployday report RUN writes it anew")) from None


def _taken(data: Mapping[str, Any], source: str) -> Seen:
    run, timings, coverage = data["run"], data["timings"], data["coverage"]
    found = data.get("discovered") or {}
    return Seen(
        id=_text(run["id"]),
        source=source,
        site=_text(run["site"]),
        architecture=_text(run["architecture"]),
        release=_text(run["release"]),
        fingerprint=_text(run["fingerprint"]),
        version=_text(run["version"]),
        started=float(run["started"]),
        verdict=_text(data["verdict"]),
        banner=_text(data["banner"]),
        verified=int(coverage["verified"]),
        total=int(coverage["total"]),
        ended_early=bool(data["ended_early"]),
        lab=bool(run["lab"]),
        workers=int(run["workers"]),
        options=dict(run["options"]),
        machine=dict(run["machine"]),
        load=tuple(float(each) for each in run.get("load") or ()),
        scope=_text(data["banner"]).rpartition("scope ")[2].partition(".")[0],
        wall=float(timings["wall"]),
        round_trip_ms=_optional(timings.get("round_trip_ms"), float),
        answer_ms=_optional(timings.get("answer_ms"), float),
        scenarios={_text(row["key"]): _told(row) for row in data["scenarios"]},
        leaves={_text(row["path"]): _leaf(row) for row in data["clauses"]},
        undescribed={_text(row["path"]): bool(row["waived"]) for row in data["undescribed"]},
        names={
            _text(name): [_text(each) for each in names] for name, names in (found.get("names") or {}).items()
        },
        systems=dict(found.get("systems") or {}),
        packages=dict(found.get("packages") or {}),
    )


def _told(row: Mapping[str, Any]) -> Told:
    if row["verdict"] not in VERDICTS:
        raise ValueError(f"a verdict {row['verdict']!r}")
    return Told(
        key=_text(row["key"]),
        id=_text(row["id"]),
        subject=_optional(row["subject"], _text),
        title=_text(row["title"]),
        gate=_text(row["gate"]),
        verdict=row["verdict"],
        counts=bool(row["counts"]),
        reason=_text(row["reason"]),
        version=_text(row.get("version") or ""),
        duration=float(row["duration"]),
        steps=tuple(_steps(row["steps"])),
        samples=row.get("samples") or {},
        carried=_text((row.get("carried") or {}).get("run", "")),
    )


def _steps(rows: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, float]]:
    """Steps that ended well, each title by its turn: one may be told twice in a story."""
    turns: dict[str, int] = {}
    for row in rows:
        if row["number"] and row["ok"] and row["seconds"] is not None:
            title = _text(row["title"])
            turns[title] = turns.get(title, 0) + 1
            yield (title if turns[title] == 1 else f"{title} ({turns[title]})"), float(row["seconds"])


def _leaf(row: Mapping[str, Any]) -> Leaf:
    return Leaf(
        path=_text(row["path"]),
        described=row["described"],
        observed=row["observed"],
        seen=bool(row["seen"]),
        state=_text(row["state"]),
        level=_text(row["level"]),
        waived=_text(row["waived"]),
        origin=_text(row["origin"]),
        measured=bool(row["measured"]),
    )


def _text(thing: Any) -> str:
    if not isinstance(thing, str):
        raise TypeError(f"{thing!r} where a text should be"[:80])
    return thing


def _optional(thing: Any, kind: Callable[[Any], T]) -> T | None:
    return None if thing is None else kind(thing)
