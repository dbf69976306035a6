"""The entries of a file of waivers that would accept what a run saw; whoever accepts it fills in the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from harness.evidence.verdicts import PRESENT
from reports.model import Deviation, Report, Scenario

_OPEN = (
    "  reason: <why this is accepted>",
    "  owner: <who answers for it>",
    "  ticket: <where it is worked on>",
    "  until: <YYYY-MM-DD, a year from now at most>",
)


def entries(report: Report, name: str) -> str:
    """YAML for a root cause (its number), a scenario (its key) or a clause (its path); empty for no such.

    The placeholders in it are refused until they are filled in.
    """
    rows = list(_of_cause(report, name)) if name.isdecimal() else list(_named(report, name))
    return "\n".join(dict.fromkeys(rows)) + "\n" if rows else ""


def _of_cause(report: Report, number: str) -> Iterator[str]:
    place = int(number[:6])
    if not 0 < place <= len(report.causes) or report.causes[place - 1].kind == "ended early":
        return
    cause = report.causes[place - 1]
    if cause.deviations and cause.kind == "deviates":
        yield from map(_deviation, cause.deviations)
        return
    by_key = {scenario.key: scenario for scenario in report.scenarios}
    yield from (_scenario(by_key[key]) for key in cause.scenarios)


def _named(report: Report, name: str) -> Iterator[str]:
    for scenario in report.scenarios:
        if scenario.key == name and scenario.verdict in ("fail", "unknown", "blocked"):
            own = [each for each in scenario.deviations if not each.waived and each.level == "must"]
            yield from map(_deviation, own) if scenario.met and own else [_scenario(scenario)]
    for deviation in _deviations(report):
        if deviation.path == name:
            yield _deviation(deviation)


def _deviations(report: Report) -> Sequence[Deviation]:
    told = [each for scenario in report.scenarios for each in scenario.deviations]
    return [each for each in (*told, *report.undescribed) if not each.waived]


def _deviation(each: Deviation) -> str:
    observed = PRESENT if each.undescribed else "absent" if each.observed is None else each.observed
    return _entry({"clause": each.path}, observed)


def _scenario(scenario: Scenario) -> str:
    what = {"scenario": scenario.id} | ({"subject": scenario.subject} if scenario.subject else {})
    broken = [step.title for step in scenario.steps if step.ok is not True]
    return _entry(what | ({"step": broken[-1]} if broken else {}), scenario.reason)


def _entry(what: dict[str, str], observed: object) -> str:
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in what.items()]
    lines.append(f"observed: {json.dumps(observed, ensure_ascii=False)}")
    return "\n".join([f"- {lines[0]}", *(f"  {line}" for line in lines[1:]), *_OPEN])
