"""``deployday rings diff``: what moved from one ring to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from harness.cli.rings.files import ring_of
from harness.cli.rings.showing import UNREAD, WRONG, AsJson, as_json, percent, say, say_table
from harness.rings import Difference, RingError
from harness.rings import diff as between


def diff(
    old: Annotated[Path, typer.Argument(metavar="A", help="The ring before.")],
    new: Annotated[Path, typer.Argument(metavar="B", help="The ring after.")],
    json: AsJson = False,
) -> None:
    """What moved between two rings: partitions, zones, devices, and the share of the data.

    Exit 0 where both say the same, 1 where they differ, 2 where they cannot be compared.
    """
    try:
        found = between(ring_of(old), ring_of(new))
    except RingError as error:
        say(str(error))
        raise typer.Exit(UNREAD) from None
    as_json(as_data(found)) if json else _show(old, new, found)
    raise typer.Exit(0 if found.same else WRONG)


def as_data(found: Difference) -> dict[str, Any]:
    """A difference as plain data for JSON."""
    names = ("joined", "left", "changed")
    return {
        "same": found.same,
        "partitions": found.partitions.count,
        "replicas": found.replicas,
        "share": found.share,
        "without_common_disk": found.lost.count,
        "across_zones": found.across,
        "moves": [
            {"from": zone_name(source), "to": zone_name(target), "replicas": count}
            for (source, target), count in found.moves.items()
        ],
        "added": found.added,
        "dropped": found.dropped,
        **{name: [device.label for device in getattr(found, name)] for name in names},
    }


def zone_name(zone: tuple[int, int]) -> str:
    """``r1z2``, as swift-ring-builder writes it."""
    return f"r{zone[0]}z{zone[1]}"


def _show(old: Path, new: Path, found: Difference) -> None:
    if found.same:
        say(f"{old} and {new} say the same")
        return
    say(
        f"{found.partitions.count} partitions differ ({found.partitions}): {found.replicas} replicas,"
        f" {percent(found.share)} of the data, {found.across} of them to another zone"
    )
    if found.lost.count:
        say(f"{found.lost.count} partitions have no disk in common ({found.lost})")
    for word, devices in (("joined", found.joined), ("left", found.left), ("changed", found.changed)):
        for device in devices:
            say(f"  {word:<8}{device.label}")
    if found.moves:
        rows = [
            (zone_name(source), zone_name(target), count) for (source, target), count in found.moves.items()
        ]
        say_table(("from", "to", "replicas"), rows)
    if found.added or found.dropped:
        say(f"  {found.added} replicas added, {found.dropped} dropped")
