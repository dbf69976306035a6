"""``deployday rings check``: the audit of ring files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from harness.cli.rings.files import builder_beside, builder_of, ring_of
from harness.cli.rings.showing import WRONG, AsJson, as_json, say, say_findings, say_table
from harness.errors import UsageError
from harness.rings import Audit, RingError, audit

_WORST = 5
Strict = Annotated[bool, typer.Option("--strict", help="Exit 1 for what is doubtful, too.")]
Builders = Annotated[
    bool, typer.Option(help="Hold a ring against the builder file beside it, where there is one.")
]


@dataclass(frozen=True)
class Checked:
    """One file: its audit, or why there is none."""

    path: Path
    builder: Path | None = None
    audit: Audit | None = None
    error: str = ""

    def bad(self, strict: bool) -> bool:
        """Whether the file lets the command end with 1."""
        return self.audit is None or bool(self.audit.errors) or (strict and not self.audit.ok)

    def to_data(self) -> dict[str, Any]:
        """As plain data for JSON."""
        head = {"file": str(self.path), "builder": str(self.builder) if self.builder else None}
        return head | ({"error": self.error} if self.audit is None else self.audit.to_data())


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Ring files (*.ring.gz).")],
    builder: Annotated[
        Path | None, typer.Option("--builder", metavar="FILE", help="The builder of the one ring.")
    ] = None,
    builders: Builders = True,
    strict: Strict = False,
    json: AsJson = False,
) -> None:
    """Audit ring files: assignment, spread over zones and servers, balance, weights, and their builders.

    Exit 1 where something is wrong in one of them, or one cannot be read.
    """
    if builder is not None and len(files) > 1:
        raise UsageError("--builder goes with one ring: give one file, or let each be found beside its ring")
    found = [_checked(path, builder, builders) for path in files]
    if json:
        as_json([one.to_data() for one in found])
    else:
        for one in found:
            _show(one)
    raise typer.Exit(WRONG if any(one.bad(strict) for one in found) else 0)


def _checked(path: Path, builder: Path | None, beside: bool) -> Checked:
    given = builder or (builder_beside(path) if beside else None)
    try:
        ring = ring_of(path)
        return Checked(path, given, audit(ring, builder_of(given) if given else None))
    except RingError as error:
        return Checked(path, given, error=str(error))


def _show(one: Checked) -> None:
    if one.audit is None:
        say(one.error)
        return
    ring, found = one.audit.ring, one.audit
    verdict = "sound" if found.ok else "WRONG" if found.errors else "doubtful"
    say(f"{one.path}: {verdict}")
    size = f"part power {ring.part_power}, {ring.replicas:g} replicas, {len(ring.devices)} devices"
    figures = f"balance {found.balance:.2f} %, dispersion {found.dispersion:.2f} %"
    say(f"  {ring.format}, {size}, {len(found.zones)} zones; {figures}")
    say(f"  builder {one.builder}" if one.builder else "  without its builder")
    say_findings(found.findings)
    if not found.ok:
        _show_shares(found)


def _show_shares(found: Audit) -> None:
    say_table(
        ("zone", "devices", "weight", "held", "off"),
        [
            (f"r{z.region}z{z.zone}", z.devices, f"{z.weight:g}", z.held, f"{z.off:+.2f} %")
            for z in found.zones
        ],
    )
    worst = [one for one in found.worst[:_WORST] if one.beyond > 0]
    if worst:
        say_table(
            ("worst device", "weight", "held", "least", "most"),
            [(d.label, f"{d.weight:g}", d.held, f"{d.least:.0f}", f"{d.most:.0f}") for d in worst],
        )
