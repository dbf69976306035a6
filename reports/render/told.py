"""What is said of a scenario that did not pass, in lines: for formats that hold a text and no more."""

from __future__ import annotations

from collections.abc import Iterable

from reports.model import Deviation, Scenario
from reports.text import moment, plain, seconds, value

_LINES, _LONGEST = 400, 2000
ROOM = 30_000
"""Characters: ten thousand failures still make a file that forges take (GitLab's limit is 30 MB)."""


def told(scenario: Scenario) -> Iterable[str]:
    """Title, reason, root, failed steps, deviations; each line cut where it is endless."""
    lines = [each for text in _all(scenario) for each in plain(text[: _LONGEST * 4]).split("\n")]
    room = ROOM
    for each in lines[:_LINES]:
        said = each if len(each) <= _LONGEST else each[: _LONGEST - 1] + "…"
        room -= len(said) + 1
        if room < 0:
            break
        yield said
    else:
        room = 0 if len(lines) <= _LINES else -1
    if room < 0:
        yield "… and more, in the report"


def _all(scenario: Scenario) -> Iterable[str]:
    yield scenario.title
    yield scenario.reason
    if scenario.root:
        yield f"root cause: {scenario.root}"
    for step in scenario.steps:
        if step.ok is False:
            yield f"failed step {step.number}: {step.title}"
            yield f"    {step.error}"
    yield from map(_deviation, scenario.deviations)
    if scenario.carried:
        yield f"carried from {scenario.carried.run}, told at {moment(scenario.carried.at)}"
    if scenario.duration:
        yield f"took {seconds(scenario.duration)}"


def _deviation(deviation: Deviation) -> str:
    waived = f" (waived: {deviation.waived})" if deviation.waived else ""
    described = "nothing" if deviation.undescribed else value(deviation.described)
    observed = "absent" if deviation.observed is None else value(deviation.observed)
    return f"{deviation.path}: described {described}, observed {observed}, level {deviation.level}{waived}"
