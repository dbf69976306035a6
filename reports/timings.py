"""Where the time of a run went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from harness.evidence.chain import longest
from harness.evidence.reader import Row
from reports.model import Chain, Clause, Gate, Link, Objective, Phase, Scenario, Slow, Timings
from reports.pauses import RATE_LIMIT, pauses
from reports.record import Record
from reports.stories import ended, number, transitions

_SLOWEST = 8


def timings(
    record: Record, scenarios: Sequence[Scenario], gates: Sequence[Gate], clauses: Iterable[Clause]
) -> Timings:
    """Sums over all workers, except ``wall`` and the gates, which are stretches of the run itself. What an
    earlier run told took none of this one's time.
    """
    exchanges = [row for row in record.rows if row["kind"] == "exchange" and row.get("phase") != "sent"]
    commands = [row for row in record.rows if row["kind"] == "command"]
    waits = waited(record)
    told = [scenario for scenario in scenarios if scenario.carried is None]
    lent = {scenario.key for scenario in scenarios if scenario.carried is not None}
    slow = sorted(told, key=lambda scenario: -scenario.duration)[:_SLOWEST]
    return Timings(
        wall=max(0.0, (record.ended or record.started) - record.started),
        phases=_phases(record, told),
        gates=[Phase(name=gate.name, seconds=gate.seconds) for gate in gates],
        waiting=sum(waits.values()),
        rate_limits=round(_rate_limits(record), 3),
        chain=_chain(record, told),
        exchanges=len(exchanges),
        exchange_seconds=_seconds(exchanges),
        via=sorted({str(row["via"]) for row in exchanges if row.get("via")}),
        **_answers(exchanges),
        commands=len(commands),
        command_seconds=_seconds(commands),
        slowest=[
            Slow(key=s.key, seconds=s.duration, waiting=waits.get(s.key, 0.0)) for s in slow if s.duration > 0
        ],
        objectives=[
            Objective(path=c.path, limit=number(c.described), seconds=number(c.observed), state=c.state)
            for c in clauses
            if c.measured and c.seen and c.scenario not in lent
        ],
        pauses=pauses(record, scenarios),
    )


def waited(record: Record) -> Mapping[str, float]:
    """Seconds spent waiting for the cloud, by scenario."""
    spent: dict[str, float] = {}
    for row in record.rows:
        if row["kind"] == "wait" and row.get("scenario"):
            lasted = sum(number(each) for _, each in transitions(row))
            spent[row["scenario"]] = spent.get(row["scenario"], 0.0) + lasted
    return spent


def _rate_limits(record: Record) -> float:
    """Seconds for which rate limits held the run up, all workers together."""
    held = (row for row in record.rows if row["kind"] == "wait" and row.get("what") == RATE_LIMIT)
    return sum(number(row.get("seconds")) for row in held)


def _chain(record: Record, scenarios: Sequence[Scenario]) -> Chain:
    """The longest chain of needs and order, in the seconds that each of its stories took."""
    lasted = {scenario.key: scenario.duration for scenario in scenarios}
    waits = {
        str(row["key"]): [*(row.get("needs") or ()), *(row.get("after") or ())]
        for row in record.plan
        if not row.get("after_all") and row["key"] not in record.carried
    }
    found = longest(waits, lasted)
    return Chain(seconds=found.seconds, links=[Link(key=key, seconds=each) for key, each in found.links])


def _answers(exchanges: Sequence[Row]) -> dict[str, float]:
    """The shortest and the median exchange that was answered, in ms."""
    took = [
        number(row.get("ms")) for row in exchanges if ended(row) is not None and number(row.get("ms")) > 0
    ]
    if not took:
        return {}
    return {"round_trip_ms": round(min(took), 3), "answer_ms": round(median(took), 3)}


def _phases(record: Record, scenarios: Sequence[Scenario]) -> list[Phase]:
    """What lies before the first scenario, from there to the end of the last one, and after it."""
    told = [(s.started, s.started + s.duration) for s in scenarios if s.started is not None]
    if not told:
        return []
    first, last = min(began for began, _ in told), max(ended for _, ended in told)
    end = max(record.ended or last, last)
    names = ("before the first scenario", "scenarios", "after the last one")
    spans = (first - record.started, last - first, end - last)
    return [
        Phase(name=name, seconds=round(max(0.0, span), 3)) for name, span in zip(names, spans, strict=True)
    ]


def _seconds(rows: Iterable[Row]) -> float:
    return round(sum(number(row.get("ms")) for row in rows) / 1000, 3)
