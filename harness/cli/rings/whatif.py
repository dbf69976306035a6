"""``deployday rings what-if``: what is left when a zone or a server is lost."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.rings.files import ring_of
from harness.cli.rings.showing import UNREAD, WRONG, AsJson, as_json, percent, say, say_table
from harness.errors import UsageError
from harness.rings import Loss, Ring, RingError, in_zone, on_server
from harness.rings import what_if as without


def what_if(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A ring file.")],
    zone: Annotated[list[int], typer.Option(metavar="N", help="Lose this zone; can be repeated.")] = [],  # noqa: B006
    server: Annotated[list[str], typer.Option(metavar="ADDRESS", help="Lose this server.")] = [],  # noqa: B006
    json: AsJson = False,
) -> None:
    """How many partitions keep a majority when zones or servers are lost; each of them in turn by default.

    Exit 1 where a partition would lose its majority.
    """
    try:
        ring = ring_of(file)
    except RingError as error:
        say(str(error))
        raise typer.Exit(UNREAD) from None
    found = _losses(ring, zone, server)
    if json:
        as_json([{"lost": name} | asdict(loss) for name, loss in found.items()])
    else:
        say_table(
            ("lost", "devices", "keep all", "keep a majority", "keep fewer", "keep none"),
            [
                (
                    name,
                    len(loss.devices),
                    loss.whole,
                    percent(loss.keeps_majority),
                    loss.minority.count,
                    loss.gone.count,
                )
                for name, loss in found.items()
            ],
        )
    raise typer.Exit(WRONG if any(loss.minority.count or loss.gone.count for loss in found.values()) else 0)


def _losses(ring: Ring, zones: list[int], servers: list[str]) -> dict[str, Loss]:
    unknown = [f"zone {zone}" for zone in zones if zone not in {d.zone for d in ring.devices}]
    unknown += [f"server {ip}" for ip in servers if ip not in {d.ip for d in ring.devices}]
    if unknown:
        raise UsageError(f"the ring has no {', no '.join(unknown)}")
    if zones or servers:
        tests = [*(in_zone(zone) for zone in zones), *(on_server(ip) for ip in servers)]
        name = ", ".join([*(f"zone {zone}" for zone in zones), *servers])
        return {name: without(ring, lambda device: any(test(device) for test in tests))}
    each = {f"zone r{d.region}z{d.zone}": in_zone(d.zone, d.region) for d in ring.devices}
    each |= {d.ip: on_server(d.ip) for d in ring.devices}
    return {name: without(ring, test) for name, test in each.items()}
