"""Nodes that a site calls absent: described, and not there yet."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from harness.arch import Architecture
from harness.arch.ranges import expand
from harness.errors import Problem
from harness.evidence.absence import Absence
from harness.evidence.waiverentry import LONGEST, moment
from harness.sitefile import AbsentPart, Written


def read_absent(written: Written, arch: Architecture, now: float) -> tuple[list[Absence], list[Problem]]:
    """The absent nodes of a site, ranges expanded, and what is wrong; ``now`` is epoch seconds."""
    found: dict[str, Absence] = {}
    problems: list[Problem] = []
    for key, part in written.parts.absent.items():
        until, wrong = _until(written, key, part, now)
        names, odd = _names(written, key, arch)
        twice = [name for name in names if name in found]
        again = [_problem(written, key, "called absent twice", found=name) for name in twice]
        problems += [*wrong, *odd, *again]
        found |= {name: Absence(name, part.reason, until) for name in names}
    if found and set(found) >= set(arch.model.nodes):
        problems.append(_problem(written, next(iter(written.parts.absent)), "no node is left"))
    return list(found.values()), problems


def _until(written: Written, key: str, part: AbsentPart, now: float) -> tuple[float, list[Problem]]:
    until = moment(part.until)
    if until is None:
        expected = "a date (its whole day counts) or a time, UTC unless it says"
        return 0.0, [_problem(written, key, "not a date", expected=expected, found=part.until)]
    if until > now + LONGEST:
        expected = "at most a year from now"
        return 0.0, [_problem(written, key, "too far away", expected=expected, found=part.until)]
    return until, []


def _names(written: Written, key: str, arch: Architecture) -> tuple[list[str], list[Problem]]:
    try:
        names = expand(key)
    except ValueError as error:
        return [], [_problem(written, key, "not a node", expected=str(error))]
    return names, list(_unknown(written, key, names, arch))


def _unknown(written: Written, key: str, names: list[str], arch: Architecture) -> Iterator[Problem]:
    known = list(arch.model.nodes)
    for name in (name for name in names if name not in arch.model.nodes):
        near = get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else ""
        yield _problem(written, key, f"{arch.name} describes no node of this name", found=name, hint=hint)


def _problem(
    written: Written, key: str, message: str, expected: str = "", found: str = "", hint: str = ""
) -> Problem:
    return Problem(written.where("absent", key), message, f"absent.{key}", expected, found, hint)
