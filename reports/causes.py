"""Root causes first: the few things to look at, each with everything that hangs on it.

A story that failed is a root, since one whose need was not met is blocked and never ran. Its component is
that of the exchange or command which shows the failure. Stories that failed alike (one address that does not
answer, one story failing alike on several subjects) are one cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.arch.summing import sum_up
from harness.evidence.reader import Row, row_id
from harness.evidence.timed import LEFT_OUT
from harness.evidence.verdicts import Judgement, ScenarioVerdict
from reports.budget import body_text
from reports.logs import telling
from reports.model import Cause, CauseKind, Deviation, Scenario
from reports.record import Record
from reports.stories import ended, number, text
from reports.suggest import look, netloc
from reports.text import count, line, seconds

_ORDER: tuple[CauseKind, ...] = ("failed", "deviates", "unknown", "ended early")


@dataclass
class _Failure:
    """Scenarios that failed alike."""

    kind: CauseKind
    first: Scenario
    row: Row | None
    component: str
    counts: bool
    place: int
    scenarios: list[Scenario] = field(default_factory=list)


def causes(record: Record, judgement: Judgement, scenarios: Sequence[Scenario]) -> list[Cause]:
    """What to look at first: failures by what they block, deviations, crashes, an early end."""
    untimely, lost = _untimely(record, scenarios), unreached(record, scenarios)
    blocked = _blocked(scenarios)
    found: dict[tuple[Any, ...], _Failure] = {}
    for place, scenario in enumerate(scenarios):
        root = scenario.outside and scenario.key in blocked
        waived = not scenario.counts and scenario.level == "must" and not root
        if scenario.verdict not in ("fail", "unknown") or waived or scenario in lost:
            continue
        failure = _failure(record, judgement.scenarios[scenario.key], scenario, place)
        found.setdefault(_alike(failure), failure).scenarios.append(scenario)
    told = [
        (
            _weight(failure, blocked),
            _cause(failure, blocked, _on(record, failure, scenarios), _rows(record, failure)),
        )
        for failure in found.values()
    ]
    ordered = [cause for _, cause in sorted(told, key=lambda pair: pair[0])]
    without = [scenario for scenario in lost if scenario not in untimely]
    ordered += [_left_out(record, untimely)] if untimely else []
    return ordered + ([_early(record, without)] if without or judgement.ended_early else [])


def unreached(record: Record, scenarios: Iterable[Scenario]) -> list[Scenario]:
    """Scenarios that an early end (a crash, an interrupt, no time) left without a verdict of their own."""
    judged = {
        str(row["scenario"])
        for row in record.everything
        if row["kind"] == "verdict" and row.get("outcome") not in ("not_reached", LEFT_OUT)
    }
    judged |= set(record.carried)  # an earlier run's: that it was lost is no end of this one
    return [
        scenario for scenario in scenarios if scenario.verdict == "unknown" and scenario.key not in judged
    ]


def _untimely(record: Record, scenarios: Iterable[Scenario]) -> list[Scenario]:
    """Scenarios that the run had no time for."""
    rows = (row for row in record.rows if row["kind"] == "verdict" and row.get("outcome") == LEFT_OUT)
    keys = {str(row.get("scenario")) for row in rows}
    return [scenario for scenario in scenarios if scenario.verdict == "unknown" and scenario.key in keys]


def _left_out(record: Record, lost: Sequence[Scenario]) -> Cause:
    walls = record.of_run("wall")
    asked = line(text(walls[-1].get("within")), 40) if walls else ""
    torn = [f"{s.key} was cut after {seconds(s.duration)}" for s in lost if s.started is not None]
    run = text(record.run.get("id"))
    return Cause(
        kind="ended early",
        component="",
        title=f"left out: --within {asked}: {count(len(lost), 'scenario')}",
        symptom="\n".join(["there was no time for them beside clean-up, leak proof and report", *torn]),
        scenarios=[scenario.key for scenario in lost],
        blocked=[],
        deviations=[],
        next=[f"deployday run --rerun {run}"] if run else [],
        request_id="",
        cites=[],
    )


def _failure(record: Record, verdict: ScenarioVerdict, scenario: Scenario, place: int) -> _Failure:
    kind: CauseKind = (
        "unknown" if scenario.verdict == "unknown" else ("deviates" if scenario.met else "failed")
    )
    row = _shown_by(record, verdict, scenario, kind)
    component = text((row or {}).get("component")) or verdict.component
    counts = verdict.counts or scenario.outside
    return _Failure(kind, scenario, row, "" if kind == "unknown" else component, counts, place)


def _shown_by(record: Record, verdict: ScenarioVerdict, scenario: Scenario, kind: CauseKind) -> Row | None:
    """The exchange or command that shows it: one that is cited, else the last of the broken step."""
    cites = list(verdict.cites)
    if kind == "deviates":
        cites = [
            cite for deviation in scenario.deviations if not deviation.waived for cite in deviation.cites
        ]
    rows = record.cited(cites)
    rows = [*record.cited(cite for row in rows for cite in row.get("cites") or ()), *rows]
    shown = [row for row in rows if row["kind"] in ("exchange", "command", "log")]
    if not shown and kind == "failed":
        broken = [step.number for step in scenario.steps if step.ok is not True]
        told = [
            row for row in record.by_scenario.get(scenario.key, ()) if row["kind"] in ("exchange", "command")
        ]
        shown = [row for row in told if (row.get("step") or 0) in broken] or told
    wrong = [row for row in shown if _wrong(row)]
    return (wrong or shown)[-1] if shown else None


def _wrong(row: Row) -> bool:
    status = ended(row)
    return bool(row.get("error")) or status is None or (row["kind"] == "exchange" and status >= 500)


def _alike(failure: _Failure) -> tuple[Any, ...]:
    row = failure.row
    if failure.kind == "failed" and row is not None and row["kind"] == "exchange" and ended(row) is None:
        return ("down", failure.component, netloc(text(row.get("url"))))
    scenario = failure.first
    if scenario.carried:
        return ("carried", scenario.reason)
    if failure.kind == "deviates":
        return ("deviates", scenario.id, failure.component)
    reason = scenario.reason.replace(scenario.subject, "…") if scenario.subject else scenario.reason
    return (failure.kind, scenario.id, failure.component, reason)


def _rows(record: Record, failure: _Failure) -> list[Row]:
    """The rows of the scenarios that failed alike."""
    return [row for scenario in failure.scenarios for row in record.by_scenario.get(scenario.key, ())]


def _blocked(scenarios: Iterable[Scenario]) -> Mapping[str, list[str]]:
    held: dict[str, list[str]] = {}
    for scenario in scenarios:
        if scenario.verdict == "blocked" and scenario.root:
            held.setdefault(scenario.root, []).append(scenario.key)
    return held


def _weight(failure: _Failure, blocked: Mapping[str, list[str]]) -> tuple[Any, ...]:
    held = sum(len(blocked.get(scenario.key, ())) for scenario in failure.scenarios)
    return (not failure.counts, _ORDER.index(failure.kind), -held, failure.place)


def _on(record: Record, failure: _Failure, scenarios: Iterable[Scenario]) -> str:
    """On which of its subjects one scenario failed alike: ``3 of 160 (017, 044, 101, all rack 3)``."""
    same = {scenario.id for scenario in failure.scenarios} == {failure.first.id}
    if len(failure.scenarios) < 2 or not same or not failure.first.subject:
        return ""
    everyone = [each.subject for each in scenarios if each.id == failure.first.id and each.subject]
    mine = [each.subject for each in failure.scenarios if each.subject]
    some, _, which = sum_up(mine, everyone, record.racks).partition(": ")
    return line(f"{some} ({which})" if which else f"{some} subjects", 100)


def _cause(failure: _Failure, blocked: Mapping[str, list[str]], on: str, told: Sequence[Row]) -> Cause:
    row = failure.row
    deviations = [d for scenario in failure.scenarios for d in scenario.deviations if not d.waived]
    deviations.sort(key=lambda deviation: ("must", "should", "info").index(deviation.level))
    lines, kept = telling(told)
    return Cause(
        kind=failure.kind,
        component=failure.component,
        title=_title(failure, deviations, on),
        symptom=_symptom(failure),
        scenarios=[scenario.key for scenario in failure.scenarios],
        blocked=[key for scenario in failure.scenarios for key in blocked.get(scenario.key, ())],
        deviations=deviations,
        next=look(
            failure.component, row, (each.path for each in deviations), failed=failure.kind != "deviates"
        ),
        request_id=text((row or {}).get("request_id")),
        cites=[row_id(row)] if row is not None else [],
        logs=lines,
        log_file=kept,
    )


def _title(failure: _Failure, deviations: Sequence[Deviation], on: str) -> str:
    first, row, several = failure.first, failure.row, len(failure.scenarios)
    if failure.kind == "deviates":
        more = f" and {count(len(deviations) - 1, 'other')}" if len(deviations) > 1 else ""
        what = f"{deviations[0].path}{more}" if deviations else first.key
        if deviations and all(each.undescribed for each in deviations):
            return f"{what} {'are' if more else 'is'} there and not described" + (on and f", on {on}")
        verb = "deviate" if more else "deviates"
        return f"{what} {verb} from the description" + (on and f", on {on}")
    if failure.kind == "unknown":
        if on:
            return f"{first.id} could not be judged on {on}"
        return f"{first.key} could not be judged" + (f", nor {several - 1} like it" if several > 1 else "")
    if row is not None and row["kind"] == "exchange" and ended(row) is None:
        return f"{failure.component or 'a service'} does not answer at {netloc(text(row.get('url')))}"
    reason = line(first.reason, 140) or "the story could not be completed"
    return f"{first.id} failed on {on}: {reason}" if on else f"{first.key} failed: {reason}"


def _symptom(failure: _Failure) -> str:
    """What was observed, as the record has it."""
    lines = [failure.first.reason] if failure.kind != "deviates" else []
    for step in failure.first.steps:
        if step.ok is False:
            lines.append(f"in step {step.number}: {step.title}")
            lines += [
                _waited(item.what, item.transitions)
                for item in step.evidence
                if item.kind == "wait" and item.outcome != "reached"
            ]
    if failure.row is not None and failure.kind != "deviates":
        lines.append(_row(failure.row))
    return "\n".join(dict.fromkeys(text(each) for each in lines if each))


def _waited(what: str, transitions: Iterable[tuple[str, float]]) -> str:
    states = ", ".join(f"{state} for {seconds(lasted)}" for state, lasted in transitions)
    return f"{what}: {states}" if states else ""


def _row(row: Row) -> str:
    if row["kind"] == "log":
        return f"{line(text(row.get('host')))}: {count(int(number(row.get('errors'))), 'error')} in its logs"
    if row.get("told"):
        return f"{line(text(row.get('host')))}: as it told of itself: {line(text(row.get('command')), 120)}"
    took = f"after {number(row.get('ms')):.0f} ms"
    if row["kind"] == "command":
        status = f"status {ended(row)}" if ended(row) is not None else "no answer"
        said = line(text(row.get("stderr")), 200)
        what = f"{line(text(row.get('host')))}: {line(text(row.get('command')), 300)}"
        return f"{what} → {status} {took}" + (f": {said}" if said else "")
    head = line(f"{row.get('method')} {row.get('url')}", 400)
    if ended(row) is None:
        return f"{head} → no answer {took}: {line(text(row.get('error')), 240)}"
    answer = row.get("response")
    said = body_text(answer.get("body")) if isinstance(answer, dict) else ""
    told = f"{head} → {ended(row)} {took}"
    told += f", request {line(text(row['request_id']))}" if row.get("request_id") else ""
    return told + (f"\n{line(said, 240)}" if said and _told(row) else "")


def _told(row: Row) -> bool:
    return (ended(row) or 0) >= 400


def _early(record: Record, lost: Sequence[Scenario]) -> Cause:
    began = [scenario for scenario in lost if scenario.started is not None]
    torn = [f"{s.key} was in step {s.steps[-1].number}: {s.steps[-1].title}" for s in began if s.steps]
    lasted = seconds((record.ended or record.started) - record.started)
    last = f"the last row was written {lasted} after the start"
    run = text(record.run.get("id"))
    return Cause(
        kind="ended early",
        component="",
        title=f"The run ended early: {count(len(lost), 'scenario')} without a verdict",
        symptom="\n".join([last, *torn]),
        scenarios=[scenario.key for scenario in lost],
        blocked=[],
        deviations=[],
        next=[f"deployday clean {run}", "deployday run SITE"] if run else [],
        request_id="",
        cites=[],
    )
