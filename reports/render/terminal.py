"""The summary on one screen: ``rich`` text, never markup, and without control characters."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reports.annotate import unreached
from reports.model import VERDICTS, Absent, Cause, Chain, Gate, Report, Ring
from reports.text import count, line, moment, plain, seconds, value

COLOURS = {
    "pass": "green",
    "verified": "green",
    "fail": "red",
    "deviates": "red",
    "unknown": "yellow",
    "blocked": "magenta",
    "out_of_reach": "bright_black",
    "not_applicable": "bright_black",
}
ANSWERS = {
    "GO": "bold white on green4",
    "NO-GO": "bold white on red3",
    "COULD NOT JUDGE": "bold black on orange1",
}
_CAUSES = 5
_BLOCKED = 3
_DEVIATIONS = 4
_LINKS = 3
_REASONS = 4
_WAIVERS = 6


def to_terminal(report: Report) -> str:
    """The summary as plain lines, 100 columns wide; ``show`` prints it in colour."""
    stream = io.StringIO()
    show(report, Console(file=stream, width=100, color_system=None, force_terminal=False))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def show(report: Report, console: Console) -> None:
    """Print the summary."""
    console.print(summary(report))


def summary(report: Report) -> RenderableType:
    """Answer, gates, causes, coverage, and what to know about them."""
    parts: list[RenderableType] = [_answer(report), Text(), _gates(report.gates)]
    if report.causes:
        parts += [Text(), *_causes(report.causes)]
    parts += [Text(), _coverage(report), *_notes(report)]
    return Group(*parts)


def safe(thing: str, style: str = "", limit: int = 200) -> Text:
    """One line of text from anywhere, which neither markup nor control characters can steer."""
    return Text(line(thing, limit), style=style)


def _answer(report: Report) -> RenderableType:
    word = Text(f" {report.verdict} ", style=ANSWERS[report.verdict])
    rests = report.banner.removeprefix(f"{report.verdict}: ")
    where = Text.assemble(
        "  ", (line(report.run.site, 60), "bold"), (f" · {line(report.run.architecture, 60)}", "dim")
    )
    lines = [word + where, safe(rests, limit=400)]
    if report.verdict == "COULD NOT JUDGE":
        lines += [safe(sentence, "yellow", 160) for sentence in report.because[:3]]
    return Group(*lines)


def _gates(gates: Sequence[Gate]) -> Table:
    table = Table.grid(padding=(0, 2))
    for gate in gates:
        tally = Text(", ").join(
            Text(f"{gate.counts[name]} {name.replace('_', ' ')}", COLOURS[name])
            for name in VERDICTS
            if name in gate.counts
        )
        mark = Text("●", COLOURS[gate.verdict])
        table.add_row(
            mark, safe(gate.name, "bold", 40), tally, Text(seconds(gate.seconds), "dim", justify="right")
        )
    return table


def _causes(causes: Sequence[Cause]) -> Iterable[RenderableType]:
    yield Text("Where to look first", "bold")
    for number, cause in enumerate(causes[:_CAUSES], 1):
        tone = "yellow" if cause.kind in ("unknown", "ended early") else "red"
        head = Text.assemble(
            (f"{number}. ", tone), (f"[{plain(cause.component)}] " if cause.component else "", "bold")
        )
        yield head + safe(cause.title, limit=160)
        yield Padding(Group(*_cause(cause)), (0, 0, 0, 3))
    if len(causes) > _CAUSES:
        yield Text(f"   and {count(len(causes) - _CAUSES, 'cause')} more, in the report", "dim")


def _cause(cause: Cause) -> Iterable[RenderableType]:
    for said in plain(cause.symptom).splitlines()[:3]:
        if said not in cause.title:
            yield safe(said, "dim")
    for each in cause.deviations[:_DEVIATIONS]:
        described = "not described" if each.undescribed else f"described {value(each.described)}"
        observed = "absent" if each.observed is None else f"observed {value(each.observed)}"
        yield safe(f"{each.path}: {described}, {observed}", "dim")
    if len(cause.deviations) > _DEVIATIONS:
        yield Text(f"and {len(cause.deviations) - _DEVIATIONS} more", "dim")
    for said in cause.logs:
        yield safe(said, "dim", 220)
    if cause.log_file:
        yield Text.assemble(("logs: ", "dim"), safe(cause.log_file, "cyan", 200))
    if cause.blocked:
        names = ", ".join(cause.blocked[:_BLOCKED]) + (", …" if len(cause.blocked) > _BLOCKED else "")
        yield safe(f"blocks {count(len(cause.blocked), 'scenario')}: {names}", COLOURS["blocked"])
    if cause.next:
        yield Text.assemble(("look: ", "dim"), safe(cause.next[0], "cyan", 300))


def _coverage(report: Report) -> RenderableType:
    covered = report.coverage
    areas = [f"{area.name} {area.verified}/{area.total}" for area in covered.areas]
    return Text.assemble(
        ("Coverage ", "bold"),
        f"{covered.verified}/{covered.total}",
        ("  " + line(" · ".join(areas), 400), "dim"),
    )


def _chained(chain: Chain) -> str:
    """The slowest links of a chain, and how many there are."""
    slow = sorted(chain.links, key=lambda link: -link.seconds)[:_LINKS]
    names = [f"{link.key} {seconds(link.seconds)}" for link in chain.links if link in slow]
    return f"{seconds(chain.seconds)}, {count(len(chain.links), 'scenario')}; most of it {', '.join(names)}"


def _ring(ring: Ring) -> str:
    """Name, balance and what is wrong with it."""
    drawn = ring.picture
    if drawn is None:
        return f"{ring.name} not drawn: {ring.why}"
    words = [f"{ring.name} balance {drawn.balance:.2f} %", f"dispersion {drawn.dispersion:.2f} %"]
    words += [count(drawn.errors, "error")] if drawn.errors else []
    words += [count(drawn.warnings, "warning")] if drawn.warnings else []
    return ", ".join(words)


def _absent(each: Absent) -> str:
    said = {
        "waiting": "until",
        "there": "it is there, take it out of the site; called absent until",
        "late": "it counts again: was absent until",
    }
    return f"{said[each.state]} {each.until}: {each.reason}"


def _notes(report: Report) -> Iterable[RenderableType]:
    sizes = f"{count(len(report.scenarios), 'scenario')}, {count(report.run.workers, 'worker')}"
    took = f"{seconds(report.timings.wall)}, {sizes}"
    if report.run.waited is not None:
        tone = "dim" if report.run.waited.open else "yellow"
        yield Text.assemble(("Waited ", "bold"), safe(report.run.waited.told, tone, 400))
    yield Text.assemble(("Took ", "bold"), took, (f"  {plain(report.run.id)}", "dim"))
    for each in report.carried[:_REASONS]:
        lent = f"{count(each.scenarios, 'result')} of {each.run}, begun {moment(each.started)}"
        yield Text.assemble(("Carried ", "bold"), safe(lent))
    for why, number in unreached(report.scenarios)[:_REASONS]:
        yield Text.assemble(
            ("Out of reach ", "bold"), safe(f"{count(number, 'scenario')}: {why}", "dim", 300)
        )
    if report.rings:
        yield Text.assemble(("Rings ", "bold"), safe("; ".join(map(_ring, report.rings)), limit=400))
    chain = report.timings.chain
    if len(chain.links) > 1:
        yield Text.assemble(("Longest chain ", "bold"), safe(_chained(chain), limit=400))
    if report.timings.rate_limits:
        yield Text.assemble(("Waited ", "bold"), f"{seconds(report.timings.rate_limits)} for rate limits")
    left = report.ledger.left
    if left:
        yield Text.assemble(
            ("Left in the cloud ", "bold yellow"),
            safe(", ".join(f"{each.kind} {each.name}" for each in left[:4])),
        )
    for absent in report.absent:
        yield Text.assemble(("Absent ", "bold yellow"), safe(f"{absent.node}: {_absent(absent)}", limit=300))
    said = [waiver for waiver in report.waivers if waiver.says]
    for waiver in said[:_WAIVERS]:
        yield Text.assemble(("Waiver ", "bold yellow"), safe(f"{waiver.target}: {waiver.says}", limit=400))
    if len(said) > _WAIVERS:
        yield Text(f"and {count(len(said) - _WAIVERS, 'waiver')} more, in the report", "dim")
    for warning in report.warnings:
        yield safe(warning, "yellow")
