"""From a run's folder to its report: read, judge as of the run's own time, lay out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from harness.evidence.carried import From
from harness.evidence.folder import RunFolder
from harness.evidence.standing import Standing
from harness.evidence.verdict import judge
from harness.evidence.verdicts import Judgement, ScenarioVerdict
from reports import annotate, ledger
from reports.budget import Budget
from reports.causes import causes, unreached
from reports.discovered import discovered
from reports.model import (
    VERDICTS,
    Absent,
    Carried,
    Clause,
    Deviation,
    Double,
    Gate,
    Lender,
    Remainder,
    Report,
    Run,
    Scenario,
    Verdict,
    Waiver,
)
from reports.record import Record, read
from reports.rings import rings
from reports.samples import samples
from reports.stories import number, steps, text
from reports.timings import timings
from reports.waited import waited

_UNTOLD: tuple[Verdict, ...] = ("not_applicable", "out_of_reach")


def build(folder: RunFolder, *, now: float | None = None) -> Report:
    """The report of a stored run; raises ``UsageError`` where the folder holds none.

    ``now`` (epoch seconds) is what waivers are judged as of; without it, the run's own start.
    """
    record = read(folder)
    moment = record.started if now is None else now
    judgement = judged(record, moment)
    told = assemble(record, judgement)
    if now is None:
        return told
    as_of = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%MZ")
    return told.model_copy(update={"banner": f"{told.banner}. As of {as_of}, not of the run's own time"})


def judged(record: Record, now: float | None = None) -> Judgement:
    """What the one judge says of a record, as of the run's own time or of another one (epoch seconds)."""
    return judge(
        record.table,
        record.plan,
        record.everything,
        record.waivers,
        {*ledger.ids(record.ledger), *record.resources},
        record.started if now is None else now,
        scope=record.scope,
        deselected=record.deselected,
        carried=record.carried,
        bounds=record.bounds,
        absent=record.absent,
    )


def assemble(record: Record, judgement: Judgement) -> Report:
    """Lay out what was judged."""
    clauses = annotate.annotate(record.table, judgement)
    strangers = annotate.undescribed(judgement)
    budget = Budget()
    plan = _with_unplanned(record.plan, judgement)
    scenarios = _scenarios(record, plan, judgement, _deviations(clauses, strangers), budget)
    gates = _gates(plan, scenarios)
    return Report(
        verdict=judgement.go,
        exit_code=judgement.exit_code,
        ended_early=judgement.ended_early or bool(unreached(record, scenarios)),
        banner=judgement.banner,
        because=[text(sentence) for sentence in judgement.because],
        run=_run(record),
        causes=causes(record, judgement, scenarios),
        gates=gates,
        scenarios=scenarios,
        carried=_lenders(scenarios),
        clauses=clauses,
        undescribed=[deviation for _, deviation in strangers],
        coverage=annotate.coverage(clauses, judgement.coverage.carried),
        unverified=annotate.unverified(clauses),
        discovered=discovered(record),
        rings=rings(record.everything, scenarios),
        waivers=[waiver_row(standing) for standing in judgement.waivers],
        absent=_absent(judgement),
        timings=timings(record, scenarios, gates, clauses),
        remainders=_remainders(record),
        ledger=ledger.summary(record.ledger),
        doubles=_doubles(record.lab),
        omitted=budget.sentences(),
        warnings=[*record.warnings, *_warnings(record)],
    )


def _deviations(
    clauses: Iterable[Clause], strangers: Iterable[tuple[str, Deviation]]
) -> Mapping[str, list[Deviation]]:
    """Deviations in full by the scenario that saw them."""
    seen: dict[str, list[Deviation]] = {}
    for clause in clauses:
        if clause.state == "deviates":
            seen.setdefault(clause.scenario, []).append(annotate.deviation(clause))
    for key, deviation in strangers:
        seen.setdefault(key, []).append(deviation)
    return seen


def _scenarios(
    record: Record,
    plan: Sequence[Mapping[str, Any]],
    judgement: Judgement,
    deviations: Mapping[str, list[Deviation]],
    budget: Budget,
) -> list[Scenario]:
    """In the plan's order; what did not pass is laid out first, while there is room for evidence."""
    judged = [(planned, judgement.scenarios[planned["key"]]) for planned in plan]
    first = sorted(judged, key=lambda pair: VERDICTS.index(pair[1].verdict))
    told = {
        planned["key"]: _scenario(record, planned, verdict, deviations.get(planned["key"], []), budget)
        for planned, verdict in first
    }
    return [told[planned["key"]] for planned in plan]


def _with_unplanned(plan: list[dict[str, Any]], judgement: Judgement) -> list[dict[str, Any]]:
    """The plan, and what has a verdict without standing in it."""
    known = {planned["key"] for planned in plan}
    lost = [key for key in judgement.scenarios if key not in known]
    return [*plan, *({"key": key, "id": key.partition("[")[0], "gate": "unplanned"} for key in lost)]


def _scenario(
    record: Record,
    planned: Mapping[str, Any],
    verdict: ScenarioVerdict,
    deviations: Sequence[Deviation],
    budget: Budget,
) -> Scenario:
    key, rows = planned["key"], record.by_scenario.get(planned["key"], [])
    ran = (
        [row for row in rows if row["kind"] in ("scenario", "step")] if verdict.verdict not in _UNTOLD else []
    )
    trouble = verdict.verdict in ("fail", "unknown")
    lent = verdict.carried
    began = lent.started if lent else record.started
    return Scenario(
        key=key,
        id=planned["id"],
        subject=planned.get("subject"),
        title=text(planned.get("title")),
        gate=planned["gate"],
        level=planned.get("level", "must"),
        nodeid=text(planned.get("nodeid")),
        needs=[str(need) for need in planned.get("needs") or ()],
        verdict=verdict.verdict,
        met=verdict.met,
        counts=verdict.counts,
        outside=bool(planned.get("outside")),
        reason=text(verdict.reason),
        root=verdict.root,
        component=verdict.component,
        duration=0.0 if lent else round(max(0.0, verdict.duration), 3),
        started=None if lent else min((row["t"] for row in ran), default=None),
        worker=str(ran[0]["worker"]) if ran and not lent else "",
        steps=steps(rows, budget, began, long=trouble),
        deviations=list(deviations),
        waivers=[annotate.waived(waiver) for waiver in verdict.waivers],
        version=text(planned.get("version")),
        samples={} if lent else samples(rows),
        carried=_carried(lent, verdict) if lent else None,
    )


def _carried(lent: From, verdict: ScenarioVerdict) -> Carried:
    seconds = round(max(0.0, verdict.duration), 3)
    return Carried(run=text(lent.run), started=lent.started, at=lent.at, seconds=seconds)


def _lenders(scenarios: Iterable[Scenario]) -> list[Lender]:
    """The runs whose results are carried and still hold."""
    found = Counter(
        (s.carried.started, s.carried.run) for s in scenarios if s.carried and s.verdict == "pass"
    )
    return [
        Lender(run=run, started=started, scenarios=many)
        for (started, run), many in sorted(found.items(), reverse=True)
    ]


def _gates(plan: Iterable[Mapping[str, Any]], scenarios: Sequence[Scenario]) -> list[Gate]:
    gates = []
    for name in dict.fromkeys(planned["gate"] for planned in plan):
        mine = [scenario for scenario in scenarios if scenario.gate == name]
        tally = {verdict: sum(s.verdict == verdict for s in mine) for verdict in VERDICTS}
        counts = {verdict: number for verdict, number in tally.items() if number}
        began = [s.started for s in mine if s.started is not None]
        ended = [s.started + s.duration for s in mine if s.started is not None]
        gates.append(
            Gate(
                name=name,
                verdict=next(verdict for verdict in VERDICTS if verdict in counts),
                counts=counts,
                seconds=round(max(ended) - min(began), 3) if began else 0.0,
                started=min(began, default=None),
            )
        )
    return gates


def waiver_row(standing: Standing) -> Waiver:
    """A waiver with what became of it, as a report tells it."""
    waiver = standing.waiver
    line = waiver.where.rpartition(":")[2]
    return Waiver(
        target=waiver.what,
        reason=waiver.reason,
        owner=waiver.owner,
        ticket=waiver.ticket,
        until=waiver.until_text,
        state=standing.status,
        covers=list(standing.covers),
        expected=waiver.observed,
        seen=text(standing.seen),
        says=text(standing.sentence),
        line=int(line) if line.isdecimal() else 0,
    )


def _absent(judgement: Judgement) -> list[Absent]:
    """What became of each node that is not there yet."""
    if judgement.absent is None:
        return []
    late = [each.node for each in judgement.absent.late]
    return [
        Absent(
            node=text(each.node),
            reason=text(each.reason),
            until=each.until_text,
            state="late"
            if each.node in late
            else "there"
            if each.node in judgement.absent.there
            else "waiting",
        )
        for each in judgement.absent.all
    ]


def _run(record: Record) -> Run:
    run, site = record.run, record.site
    workers = {row["worker"] for row in record.rows if row["kind"] == "scenario"}
    leased = [text(each) for row in record.of_run("leased") for each in row.get("tenants") or ()]
    return Run(
        id=text(run.get("id")),
        site=text(site.get("name")),
        architecture=record.table.name,
        release=record.table.release,
        fingerprint=record.table.fingerprint,
        started=record.started,
        ended=record.ended,
        version=text(run.get("version")),
        machine=_mapping(run.get("machine")),
        options={name: each for name, each in _mapping(run.get("options")).items() if each},
        workers=max(1, len(workers)),
        lab=record.lab is not None,
        accounts=leased,
        tags=[text(each) for each in run.get("tags") or () if isinstance(each, str)],
        waited=waited(record),
        load=_load(record),
    )


def _load(record: Record) -> list[float]:
    """The last minute's load as the run began and as it ended, as far as it was kept."""
    begun = _mapping(record.run.get("machine")).get("load")
    ends = [row.get("load") for row in record.of_run("end")]
    found = [each for each in (begun, *ends[-1:]) if isinstance(each, list) and each]
    return [number(each[0]) for each in found]


def _mapping(thing: Any) -> dict[str, Any]:
    return dict(thing) if isinstance(thing, dict) else ({"name": thing} if thing else {})


def _warnings(record: Record) -> list[str]:
    """What the run says of itself that a reader must not overlook."""
    said = [
        f"Accounts of its own could not be leased, the site's were used: {row['why']}."
        for row in record.of_run("leased")
        if row.get("why")
    ]
    said += [
        f"The account {row.get('tenant')} was not given back: {row.get('why')}."
        for row in record.of_run("returned")
        if not row.get("ok")
    ]
    strange = [text(row.get("thing")) for row in record.of_run("foreign")]
    if strange:
        said.append(f"Appeared in the run's tenants and was not made by it: {', '.join(strange[:10])}.")
    return [text(sentence) for sentence in said]


def _remainders(record: Record) -> list[Remainder]:
    """Left on purpose: run rows ``{phase: "remainders", remainders: [{kind, name, id, …}]}``."""
    rows = [each for row in record.of_run("remainders") for each in row.get("remainders") or ()]
    names = ("kind", "name", "id", "tenant", "why")
    return [
        Remainder(**{name: text(row.get(name)) for name in names}) for row in rows if isinstance(row, dict)
    ]


def _doubles(lab: Mapping[str, Any] | None) -> list[Double]:
    """What the lab says stands in for a real thing: texts, ``what: why`` in one or as a mapping."""
    found = []
    for row in (lab or {}).get("doubles") or ():
        what, _, why = str(row).partition(": ") if isinstance(row, str) else ("", "", "")
        if isinstance(row, dict):
            what, why = text(row.get("what")), text(row.get("why"))
        found.append(Double(what=what, why=why))
    return found
