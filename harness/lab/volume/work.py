"""What both APIs for volumes do, whatever they look like: checks, and what a request changes."""

from __future__ import annotations

from typing import Any

from harness.lab.compute.call import Call
from harness.lab.compute.refusals import Refusal, bad, missing, over_quota
from harness.lab.compute.state import compute
from harness.lab.volume.state import Snapshot, Volume, VolumeType, snapshots, store, volumes


def find_volume(call: Call, given: Any) -> Volume:
    """A volume of the caller's tenant (of any, for an administrator)."""
    found: Volume = _find(volumes(call.world, _scope(call)), given)
    return found


def find_snapshot(call: Call, given: Any) -> Snapshot:
    """A snapshot of the caller's tenant (of any, for an administrator)."""
    found: Snapshot = _find(snapshots(call.world, _scope(call)), given)
    return found


def _scope(call: Call) -> str | None:
    return None if call.context.admin else call.tenant


def _find(rows: list[Any], given: Any) -> Any:
    found = next((row for row in rows if str(row.id) == str(given)), None)
    if found is None:
        raise missing()
    return found


def listed(call: Call, rows: list[Any]) -> list[Any]:
    """The rows within ``limit`` and ``offset``, which is all the filtering that there is."""
    limit, offset = call.query("limit") or "", call.query("offset") or ""
    rows = rows[int(offset) :] if offset.isdecimal() else rows
    return rows[: int(limit)] if limit.isdecimal() and int(limit) else rows


def create_volume(call: Call) -> Volume:
    """A new volume from a request that either API understands alike."""
    wanted = call.entity("volume")
    snapshot = None
    if wanted.get("snapshot_id") is not None:
        snapshot = find_snapshot(call, wanted["snapshot_id"])
        if snapshot.status != "available":
            raise bad("Invalid snapshot: status must be available")
    kind = wanted.get("volume_type")
    if kind:
        find_type(call, kind)
    size = _size(wanted, snapshot)
    _quota(call, size)
    metadata = wanted.get("metadata") or {}
    made = Volume(
        id=call.world.ids.number("volume"), tenant_id=call.tenant, size=size, name=wanted.get("display_name"),
        description=wanted.get("display_description"), created=call.world.clock.exact(),
        zone=str(wanted.get("availability_zone") or "nova"), type_name=str(kind) if kind else None,
        snapshot_id=snapshot.id if snapshot else None,
        metadata={str(k): str(v) for k, v in metadata.items()} if isinstance(metadata, dict) else {},
    )  # fmt: skip
    call.world.volumes[str(made.id)] = made
    store(call.world).engine.begin(made, "volume.create")
    return made


def _size(wanted: dict[str, Any], snapshot: Snapshot | None) -> int:
    """Zero passes; what is negative or no number trips nova."""
    given = wanted.get("size", snapshot.size if snapshot else None)
    try:
        size = int(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise Refusal(500) from None
    if size < 0:
        raise Refusal(500)
    return size


def _quota(call: Call, size: int) -> None:
    quota, mine = compute(call.world).quota(call.tenant), volumes(call.world, call.tenant)
    too_many = 0 <= quota["volumes"] < len(mine) + 1
    if too_many or 0 <= quota["gigabytes"] < sum(row.size for row in mine) + size:
        raise over_quota("VolumeSizeTooLarge", below=True)


def find_type(call: Call, name: Any) -> VolumeType:
    """A volume type by name."""
    found = next((row for row in store(call.world).types.values() if row.name == str(name)), None)
    if found is None:
        raise missing()
    return found


def types(call: Call) -> list[VolumeType]:
    """Every volume type."""
    return list(store(call.world).types.values())


def type_by_number(call: Call) -> VolumeType:
    """The volume type that the path names."""
    found = next((row for row in types(call) if str(row.id) == call.parts["id"]), None)
    if found is None:
        raise missing()
    return found


def delete_volume(call: Call, volume: Volume) -> None:
    """Delete a volume that is free."""
    if volume.status not in ("available", "error"):
        raise bad("Invalid volume: Volume status must be available or error")
    dependent = [row for row in snapshots(call.world) if row.volume_id == volume.id]
    if dependent:
        raise bad(f"Invalid volume: Volume still has {len(dependent)} dependent snapshots")
    store(call.world).engine.begin(volume, "volume.delete")


def create_snapshot(call: Call) -> Snapshot:
    """A new snapshot of a volume that is free; of an attached one with ``force``."""
    wanted = call.entity("snapshot")
    volume = find_volume(call, wanted.get("volume_id"))
    if volume.status != "available" and not wanted.get("force"):
        raise bad("Invalid volume: must be available")
    made = Snapshot(
        id=call.world.ids.number("snapshot"),
        tenant_id=call.tenant,
        volume_id=volume.id,
        size=volume.size,
        name=wanted.get("display_name"),
        description=wanted.get("display_description"),
        created=call.world.clock.exact(),
    )
    store(call.world).snapshots[made.id] = made
    store(call.world).engine.begin(made, "snapshot.create")
    return made


def delete_snapshot(call: Call, snapshot: Snapshot) -> None:
    """Delete a snapshot that is there."""
    if snapshot.status not in ("available", "error"):
        raise bad("Invalid volume: must be available or error")
    store(call.world).engine.begin(snapshot, "snapshot.delete")


def type_view(row: VolumeType) -> dict[str, Any]:
    """A volume type, alike in both APIs."""
    return {
        "name": row.name,
        "deleted": False,
        "created_at": str(row.created.replace(tzinfo=None)),
        "updated_at": None,
        "extra_specs": dict(row.extra_specs),
        "deleted_at": None,
        "id": row.id,
    }
