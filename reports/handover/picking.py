"""Which cause of a report somebody means: its number, a scenario, or a statement of the description."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from harness.errors import Problem, UsageError
from reports.model import Cause, Report
from reports.text import line

_SHOWN = 12


def pick(report: Report, wanted: str) -> int:
    """The number of the cause, from 1; raises ``UsageError`` with what there is to choose from.

    ``wanted`` is that number, a scenario (``compute.boot``, ``hosts.clock[node-1]``) that failed or is
    blocked because of it, or a path that deviates.
    """
    if wanted.isdecimal() and 1 <= int(wanted[:9]) <= len(report.causes):
        return int(wanted)
    found = [number for number, cause in enumerate(report.causes, 1) if wanted in _names(cause)]
    failed = [number for number in found if wanted in _failed(report.causes[number - 1])]
    found = failed or found
    if len(found) == 1:
        return found[0]
    raise _unclear(report, wanted, found)


def listing(report: Report) -> str:
    """The causes as a report numbers them, a line each."""
    if not report.causes:
        return f"{report.verdict}: there is no cause to write a ticket of\n"
    rows = [
        f"{number:3}  {cause.kind:11}  {line(cause.component, 12) or '-':12}  {line(cause.title, 120)}"
        for number, cause in enumerate(report.causes, 1)
    ]
    return "\n".join(rows) + "\n"


def _failed(cause: Cause) -> set[str]:
    keys = set(cause.scenarios)
    return keys | {key.partition("[")[0] for key in keys} | {each.path for each in cause.deviations}


def _names(cause: Cause) -> set[str]:
    return _failed(cause) | set(cause.blocked) | {key.partition("[")[0] for key in cause.blocked}


def _unclear(report: Report, wanted: str, found: list[int]) -> UsageError:
    if found:
        numbers = ", ".join(map(str, found[:_SHOWN]))
        problem = Problem("CAUSE", "several causes are about it", expected=f"one of {numbers}", found=wanted)
    elif not report.causes:
        problem = Problem("CAUSE", f"the run is {report.verdict} and has no cause", found=line(wanted))
    else:
        near = get_close_matches(wanted, sorted(_all(report.causes)), 1)
        problem = Problem(
            "CAUSE",
            "no cause is called so",
            expected=f"1 to {len(report.causes)}, a scenario that failed, or a statement that deviates",
            found=line(wanted),
            hint=f"did you mean {near[0]!r}?" if near else f"deployday ticket {report.run.id}",
        )
    return UsageError(problem)


def _all(causes: Iterable[Cause]) -> set[str]:
    return {name for cause in causes for name in _names(cause)}
