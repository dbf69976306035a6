"""What became of each waiver in a run: whether it is needed, counts no more, or can go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harness.arch.paths import Path
from harness.evidence.verdicts import PRESENT, ClauseVerdict, Extra, ScenarioVerdict
from harness.evidence.waivers import Waiver

Status = Literal["used", "expired", "changed", "resolved", "unused"]
"""It covers something; its time is over, and it counts again; what it names deviates otherwise, and counts
again; what it names deviates no more; this run cannot say.
"""
WORDS: Mapping[Status, str] = {"expired": "expired", "changed": "changed", "resolved": "to be removed"}
"""What a banner says of those that somebody must do something about."""
_LONGEST = 120


@dataclass(frozen=True)
class Standing:
    """One waiver in one run; ``seen`` is what was seen instead of what it expects, as text."""

    waiver: Waiver
    status: Status
    covers: tuple[str, ...] = ()
    seen: str = ""
    soon: bool = False

    @property
    def sentence(self) -> str:
        """What is to be known of it, empty where it does its work."""
        expected = _text(self.waiver.observed)
        day = self.waiver.until_text.removesuffix("T23:59:59Z")
        if self.status == "expired":
            seen = f"; expected {expected}, seen {self.seen}" if self.seen else ""
            return f"expired, counted until {day}: it counts again{seen}"
        if self.status == "changed":
            return f"changed: expected {expected}, seen {self.seen}: it counts again"
        if self.status == "resolved":
            return "deviates no more: remove the waiver"
        return f"ends soon, on {day}" if self.soon else ""


@dataclass(frozen=True)
class Seen:
    """What was judged; ``looked`` are the collections whose names were seen, ``ran`` what came to an end."""

    clauses: Mapping[Path, ClauseVerdict]
    scenarios: Mapping[str, ScenarioVerdict]
    extras: Sequence[Extra]
    looked: Collection[Path]
    ran: Collection[str]


def standings(waivers: Iterable[Waiver], seen: Seen, now: float) -> tuple[Standing, ...]:
    """One for each, in their order; ``now`` is epoch seconds."""
    return tuple(_standing(waiver, seen, now) for waiver in waivers)


def _standing(waiver: Waiver, seen: Seen, now: float) -> Standing:
    if waiver.scenario is not None:
        found, what = _of_scenario(waiver, waiver.scenario, seen)
    elif waiver.observed == PRESENT and waiver.clause not in seen.clauses:
        found, what = _of_extra(waiver, seen)
    else:
        found, what = _of_clause(waiver, seen)
    soon = waiver.ends_soon(now)
    if waiver.expired(now) and found != "resolved":
        return Standing(waiver, "expired", (), what)
    return Standing(waiver, found, (waiver.what,) if found == "used" else (), what, soon)


def _of_clause(waiver: Waiver, seen: Seen) -> tuple[Status, str]:
    verdict = seen.clauses.get(waiver.clause or ())
    if verdict is not None and verdict.state == "verified":
        return "resolved", ""
    if verdict is None or verdict.state != "deviates":
        return "unused", ""
    what = "absent" if verdict.observed is None else _text(verdict.observed)
    if verdict.waiver is not None:
        return ("used" if verdict.waiver == waiver else "unused"), what
    return "changed", what


def _of_extra(waiver: Waiver, seen: Seen) -> tuple[Status, str]:
    if any(extra.path == waiver.clause for extra in seen.extras):
        return "used", PRESENT
    return ("resolved" if (waiver.clause or ())[:-1] in seen.looked else "unused"), ""


def _of_scenario(waiver: Waiver, key: str, seen: Seen) -> tuple[Status, str]:
    verdict = seen.scenarios.get(key)
    if verdict is None or verdict.verdict in ("out_of_reach", "not_applicable"):
        return "unused", ""
    if verdict.verdict == "pass":
        return "resolved", ""
    if waiver in verdict.waivers:
        return "used", _text(verdict.reason)
    return ("changed" if key in seen.ran else "unused"), _failure(verdict, waiver)


def _failure(verdict: ScenarioVerdict, waiver: Waiver) -> str:
    """The reason, with the step where the waiver names another one."""
    step = f" in step {verdict.step!r}" if waiver.step and verdict.step else ""
    return _text(verdict.reason) + step


def counted(found: Iterable[Standing]) -> list[str]:
    """``1 expired``, ``2 to be removed``: those that somebody must do something about."""
    states = [each.status for each in found]
    return [f"{states.count(status)} {word}" for status, word in WORDS.items() if status in states]


def sentences(found: Iterable[Standing]) -> list[str]:
    """A sentence for each of these."""
    return [f"Waiver of {each.waiver.what}: {each.sentence}." for each in found if each.status in WORDS]


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
