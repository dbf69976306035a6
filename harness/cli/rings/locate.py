"""``deployday rings locate``: where a name belongs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from harness.cli.rings.files import ring_of
from harness.cli.rings.showing import UNREAD, AsJson, as_json, say, say_table
from harness.errors import UsageError
from harness.rings import Device, HashSettings, Placement, RingError, hash_settings
from harness.rings import locate as place

Era = Annotated[
    str | None, typer.Option(metavar="ERA", help="Order of handoffs: essex or today; by the file otherwise.")
]


def locate(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="AUTH_… as it stands in URLs.")],
    container: Annotated[str | None, typer.Argument(metavar="CONTAINER")] = None,
    object_: Annotated[str | None, typer.Argument(metavar="OBJECT")] = None,
    ring: Annotated[Path, typer.Option("--ring", metavar="FILE", help="The ring of that kind.")] = Path(),
    conf: Annotated[
        Path, typer.Option("--conf", metavar="FILE", help="swift.conf of the cloud, for its hash suffix.")
    ] = Path("/etc/swift/swift.conf"),
    era: Era = None,
    handoffs: Annotated[int, typer.Option(min=0, help="How many handoffs to show.")] = 3,
    json: AsJson = False,
) -> None:
    """Where an account, a container or an object belongs: partition, primary devices, handoffs.

    Without --ring the ring is taken from the folder of swift.conf.
    """
    kind = "account" if container is None else "container" if object_ is None else "object"
    file = ring if ring != Path() else conf.parent / f"{kind}.ring.gz"
    if era not in (None, "essex", "today"):
        raise UsageError(f"--era {era}: essex or today")
    try:
        settings = _settings(conf)
        found = place(
            ring_of(file), account, container, object_, prefix=settings.prefix, suffix=settings.suffix,
            era=era, handoffs=handoffs,  # type: ignore[arg-type]
        )  # fmt: skip
    except RingError as error:
        say(str(error))
        raise typer.Exit(UNREAD) from None
    as_json(_data(found, kind)) if json else _show(found, kind)


def _settings(conf: Path) -> HashSettings:
    try:
        return hash_settings(conf.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError as error:
        raise UsageError(
            f"{conf}: {error.strerror}: the hash suffix of the cloud is needed (--conf)"
        ) from None


def _data(found: Placement, kind: str) -> dict[str, Any]:
    return {
        "path": found.path,
        "hash": found.hash,
        "partition": found.partition,
        "primaries": [_row(device, found, kind) for device in found.primaries],
        "handoffs": [_row(device, found, kind) for device in found.handoffs],
    }


def _row(device: Device, found: Placement, kind: str) -> dict[str, Any]:
    folder = f"{device.name}/{kind}s/{found.partition}/{found.hash[-3:]}/{found.hash}"
    place = {"id": device.id, "region": device.region, "zone": device.zone, "ip": device.ip}
    return place | {"port": device.port, "device": device.name, "folder": folder}


def _show(found: Placement, kind: str) -> None:
    say(f"{found.path}: partition {found.partition}, hash {found.hash}")
    rows = [("primary", _row(device, found, kind)) for device in found.primaries]
    rows += [("handoff", _row(device, found, kind)) for device in found.handoffs]
    say_table(
        ("", "zone", "server", "folder below the devices"),
        [(word, f"r{r['region']}z{r['zone']}", f"{r['ip']}:{r['port']}", r["folder"]) for word, r in rows],
    )
