"""``metrics.prom``: figures of the last run, for the textfile collector of Prometheus' node_exporter.

One text that is both: Prometheus' text format 0.0.4, which the collector reads, and OpenMetrics 1.0: gauges
only, no time stamps, ``# EOF`` at its end. How many series there are depends on the description, not on
what a cloud answers. ``docs/reference/formats.md`` lists all of them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reports.model import STATES, VERDICTS, Report
from reports.text import line

_LABEL, _AREAS, _GATES, _OBJECTIVES, _CAUSES, _SAMPLES = 120, 40, 40, 60, 10, 20
_QUANTILES = (0.5, 0.95)
Labels = Mapping[str, str]


@dataclass(frozen=True)
class Metric:
    """A gauge with its samples: labels and value of each."""

    name: str
    help: str
    values: Callable[[Report], Iterable[tuple[Labels, float]]] = field(repr=False)


def to_metrics(report: Report) -> str:
    """The text; a metric without samples is left out."""
    common = {"site": report.run.site, "architecture": report.run.architecture}
    rows = [row for metric in METRICS for row in _rows(metric, report, common)]
    return "\n".join([*rows, "# EOF"]) + "\n"


def _rows(metric: Metric, report: Report, common: Labels) -> Iterable[str]:
    found = {_labels({**common, **labels}): value for labels, value in metric.values(report)}
    if found:
        yield f"# HELP {metric.name} {metric.help}"
        yield f"# TYPE {metric.name} gauge"
        yield from (f"{metric.name}{{{labels}}} {_number(value)}" for labels, value in found.items())


def _labels(labels: Labels) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def _escaped(value: str) -> str:
    return line(value, _LABEL).replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    if math.isfinite(value):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
    return "NaN" if math.isnan(value) else ("+Inf" if value > 0 else "-Inf")


def _info(report: Report) -> Iterable[tuple[Labels, float]]:
    run = report.run
    yield (
        {
            "run": run.id,
            "release": run.release,
            "version": run.version,
            "fingerprint": run.fingerprint[:12],
            "lab": str(run.lab).lower(),
        },
        1,
    )


def _answer(report: Report) -> Iterable[tuple[Labels, float]]:
    yield from (({"answer": each}, report.verdict == each) for each in ("GO", "NO-GO", "COULD NOT JUDGE"))


def _states(report: Report) -> Iterable[tuple[Labels, float]]:
    yield from (({"state": state}, report.coverage.counts.get(state, 0)) for state in STATES)


def _areas(report: Report) -> Iterable[tuple[Labels, float]]:
    for area in report.coverage.areas[:_AREAS]:
        yield from (({"area": area.name, "state": state}, area.counts.get(state, 0)) for state in STATES)


def _scenarios(report: Report) -> Iterable[tuple[Labels, float]]:
    for gate in report.gates[:_GATES]:
        yield from (({"gate": gate.name, "verdict": each}, gate.counts.get(each, 0)) for each in VERDICTS)


def _waivers(report: Report) -> Iterable[tuple[Labels, float]]:
    found = Counter(waiver.state for waiver in report.waivers)
    yield from (({"state": state}, found[state]) for state in sorted(found))


def _causes(report: Report) -> Iterable[tuple[Labels, float]]:
    """The first ones, by scenario and component: names of ours, none of the cloud's."""
    for cause in report.causes[:_CAUSES]:
        scenario = next(iter(cause.scenarios), "").partition("[")[0]
        yield {"scenario": scenario, "component": cause.component, "kind": cause.kind}, 1


def _objectives(name: str) -> Callable[[Report], Iterable[tuple[Labels, float]]]:
    def found(report: Report) -> Iterable[tuple[Labels, float]]:
        for each in report.timings.objectives[:_OBJECTIVES]:
            value = getattr(each, name)
            if value is not None:
                yield {"objective": each.path.removeprefix("objectives.")}, value

    return found


def _samples(report: Report) -> Iterable[tuple[Labels, float]]:
    """What was measured more than once, over all scenarios: boots, objects put."""
    found: dict[str, list[float]] = {}
    for scenario in report.scenarios:
        for name, values in scenario.samples.items():
            found.setdefault(name, []).extend(values)
    for name in sorted(found)[:_SAMPLES]:
        for share in _QUANTILES if found[name] else ():
            yield {"what": name, "quantile": str(share)}, _quantile(sorted(found[name]), share)


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return low + (high - low) * (place - math.floor(place))


def _one(value: Callable[[Report], float | None]) -> Callable[[Report], Iterable[tuple[Labels, float]]]:
    def found(report: Report) -> Iterable[tuple[Labels, float]]:
        number = value(report)
        if number is not None:
            yield {}, number

    return found


METRICS = (
    Metric("deployday_run_info", "The last run: its id, release, version and fingerprint; always 1.", _info),
    Metric("deployday_run_answer", "1 for the answer of the last run, 0 for the others.", _answer),
    Metric(
        "deployday_run_exit_code", "0 GO, 1 NO-GO, 2 could not judge.", _one(lambda report: report.exit_code)
    ),
    Metric(
        "deployday_run_start_time_seconds",
        "When the last run began, since the epoch.",
        _one(lambda report: report.run.started),
    ),
    Metric(
        "deployday_run_end_time_seconds",
        "When the last run ended, since the epoch.",
        _one(lambda report: report.run.ended),
    ),
    Metric("deployday_run_duration_seconds", "Wall time.", _one(lambda report: report.timings.wall)),
    Metric(
        "deployday_run_ended_early",
        "1 if the run did not go through to its end.",
        _one(lambda report: report.ended_early),
    ),
    Metric("deployday_clauses", "Statements of the description by what became of them.", _states),
    Metric("deployday_area_clauses", "The same by area of the description.", _areas),
    Metric(
        "deployday_coverage_ratio",
        "Verified statements over all.",
        _one(lambda report: report.coverage.verified / max(1, report.coverage.total)),
    ),
    Metric("deployday_scenarios", "Scenarios by gate and verdict.", _scenarios),
    Metric("deployday_causes", "Root causes.", _one(lambda report: len(report.causes))),
    Metric("deployday_cause_info", "The first ten of them; always 1.", _causes),
    Metric("deployday_waivers", "Waivers by what they did.", _waivers),
    Metric("deployday_objective_seconds", "What a measured statement took.", _objectives("seconds")),
    Metric("deployday_objective_limit_seconds", "What it may take.", _objectives("limit")),
    Metric("deployday_sample_seconds", "What was measured more than once, its median and 95 %.", _samples),
    Metric("deployday_waiting_seconds", "Sum of all waits.", _one(lambda report: report.timings.waiting)),
    Metric(
        "deployday_rate_limited_seconds",
        "Of these, because of rate limits.",
        _one(lambda report: report.timings.rate_limits),
    ),
    Metric("deployday_requests", "Requests sent.", _one(lambda report: report.timings.exchanges)),
    Metric(
        "deployday_round_trip_seconds",
        "The shortest request.",
        _one(lambda report: report.timings.round_trip_ms and report.timings.round_trip_ms / 1000),
    ),
    Metric("deployday_created", "Resources that the run made.", _one(lambda report: report.ledger.created)),
    Metric("deployday_left", "Of these, left in the cloud.", _one(lambda report: len(report.ledger.left))),
)
"""All that there are."""
