"""``summary.md``: what fits the description of a merge request or a job's summary page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from reports.annotate import unreached
from reports.model import VERDICTS, Absent, Cause, Deviation, Report, Waiver
from reports.text import count, line, moment, plain, seconds, value

_CAUSES = 8
_DEVIATIONS = 6
_REASONS = 8
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@])")


def to_markdown(report: Report) -> str:
    """The summary. What the cloud said can become neither markup nor a link nor a mention."""
    blocks = [_head(report), *_causes(report), _gates(report), _coverage(report), *_notes(report)]
    return "\n\n".join(blocks) + "\n"


def prose(text: str, limit: int = 300) -> str:
    """One line in which every character that Markdown, HTML or a forge would act on is escaped."""
    return _SPECIAL.sub(r"\\\1", line(text, limit)).replace("\\@", "@\u2060").replace("://", ":&#47;/")


def code(text: str, limit: int = 300) -> str:
    """One line as code, safe inside a table."""
    flat = line(text, limit).replace("|", "\u2223")
    longest = max((len(run) for run in re.findall("`+", flat)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}" if flat else ""


def _head(report: Report) -> str:
    run = report.run
    rests = report.banner.removeprefix(f"{report.verdict}: ")
    facts = (
        f"{code(run.architecture)} on {code(run.site)}, {seconds(report.timings.wall)}, run {code(run.id)}"
    )
    if report.timings.rate_limits:
        facts += f"; waited {seconds(report.timings.rate_limits)} for rate limits"
    return f"## {report.verdict}: {prose(run.site, 80)}\n\n{prose(rests, 400)}\n\n{facts}"


def _causes(report: Report) -> Iterable[str]:
    if not report.causes:
        return
    yield "### Where to look first"
    yield "\n".join(
        row for number, cause in enumerate(report.causes[:_CAUSES], 1) for row in _cause(number, cause)
    )
    if len(report.causes) > _CAUSES:
        yield f"and {count(len(report.causes) - _CAUSES, 'cause')} more, in the report"


def _cause(number: int, cause: Cause) -> Iterable[str]:
    part = f"**{prose(cause.component)}** " if cause.component else ""
    yield f"{number}. {part}{prose(cause.title)}"
    blocks = f", blocks {len(cause.blocked)}" if cause.blocked else ""
    yield f"   - {cause.kind}: {', '.join(code(key) for key in cause.scenarios[:4])}{blocks}"
    for said in plain(cause.symptom).splitlines()[:3]:
        yield f"   - {code(said)}"
    for each in cause.deviations[:_DEVIATIONS]:
        yield f"   - {_deviation(each)}"
    if len(cause.deviations) > _DEVIATIONS:
        yield f"   - and {len(cause.deviations) - _DEVIATIONS} more"
    for command in cause.next[:2]:
        yield f"   - look: {code(command)}"


def _deviation(each: Deviation) -> str:
    described = "not described" if each.undescribed else f"described {code(value(each.described), 120)}"
    observed = "absent" if each.observed is None else f"observed {code(value(each.observed), 120)}"
    return f"{code(each.path)}: {described}, {observed}"


def _gates(report: Report) -> str:
    names = [name for name in VERDICTS if any(name in gate.counts for gate in report.gates)]
    rows = [
        [prose(gate.name), *(str(gate.counts.get(name, "")) for name in names), seconds(gate.seconds)]
        for gate in report.gates
    ]
    return "### Gates\n\n" + _table(["gate", *(name.replace("_", " ") for name in names), "took"], rows)


def _coverage(report: Report) -> str:
    covered = report.coverage
    rows = [
        [
            prose(area.name),
            f"{area.verified} of {area.total}",
            *(str(area.counts.get(s, "")) for s in ("deviates", "unknown")),
        ]
        for area in covered.areas
    ]
    table = _table(["area", "verified", "deviate", "unknown"], rows)
    return f"### Coverage: {covered.verified} of {covered.total} clauses\n\n{table}"


def _notes(report: Report) -> Iterable[str]:
    if report.unverified:
        rows = [
            f"- {item.count} {item.state.replace('_', ' ')}: {prose(item.reason, 160)}"
            for item in report.unverified
        ]
        more = [f"- and {len(rows) - _REASONS} more reasons"] if len(rows) > _REASONS else []
        yield "\n".join(["Not verified:", "", *rows[:_REASONS], *more])
    if report.run.waited is not None:
        yield f"Waited {prose(report.run.waited.told, 400)}"
    for each in report.carried:
        lent = f"{count(each.scenarios, 'result')} of run {code(each.run)}, begun {moment(each.started)}"
        yield f"Carried: {lent}"
    reasons = unreached(report.scenarios)
    if reasons:
        rows = [f"- {count(number, 'scenario')}: {prose(why, 160)}" for why, number in reasons[:_REASONS]]
        yield "\n".join(["Out of reach:", "", *rows])
    if report.absent:
        yield "\n".join(["Absent nodes:", "", *map(_absent, report.absent)])
    waivers = [w for w in report.waivers if w.state != "unused"]
    if waivers:
        yield "\n".join(
            [
                "Waivers:",
                "",
                *map(_waiver, waivers),
            ]
        )
    if report.ledger.left:
        left = ", ".join(
            f"{prose(each.kind)} {code(each.name or each.id)}" for each in report.ledger.left[:10]
        )
        yield f"Left in the cloud: {left}"
    if report.doubles:
        yield f"Run against a lab; doubles: {', '.join(prose(double.what, 60) for double in report.doubles)}"


def _absent(each: Absent) -> str:
    said = {
        "waiting": "until",
        "there": "is there, called absent until",
        "late": "counts again, absent until",
    }
    return f"- {code(each.node)} {said[each.state]} {each.until}: {prose(each.reason)}"


def _waiver(each: Waiver) -> str:
    word = {"resolved": "to be removed"}.get(each.state, each.state)
    says = f": {prose(each.says)}" if each.says else ""
    return f"- {word}: {code(each.target)}, {prose(each.reason)} (until {each.until}){says}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
