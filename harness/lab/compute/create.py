"""Making servers: what nova checks, in its order, and what it lets pass."""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Any

from starlette.responses import Response

from harness.lab.compute.call import Call, with_id
from harness.lab.compute.images import visible
from harness.lab.compute.keypairs import keypair
from harness.lab.compute.metadata import checked_metadata
from harness.lab.compute.refusals import Refusal, bad, over_quota
from harness.lab.compute.scheduler import engine
from harness.lab.compute.state import Flavor, Server, compute, live
from harness.lab.compute.states import ANSWERED, SEVERAL
from harness.lab.http import json_answer
from harness.lab.world import Image

_NAME_LIMIT = 255
_PATH_LIMIT = 255


async def create(call: Call) -> Response:
    """Make one server, or several with ``min_count``; all of a request share a reservation."""
    wanted = call.entity("server")
    name = server_name(wanted)
    image_ref = _reference(wanted, "imageRef")
    files = _personality(wanted)
    flavor_ref = _reference(wanted, "flavorRef")
    user_data = _user_data(wanted)
    minimum = _count(wanted, "min_count", 1)
    maximum = _count(wanted, "max_count", minimum)
    flavor = compute(call.world).flavors.get(flavor_ref)
    if flavor is None:
        raise bad("Invalid flavorRef provided.")
    count = _allowed(call, flavor, min(minimum, maximum), maximum)
    _check_files(call, files)
    metadata = checked_metadata(call, wanted.get("metadata") or {})
    _networks(call, wanted)
    image = _image(call, image_ref, flavor)
    groups = _groups(call, wanted)
    key_name = wanted.get("key_name")
    key = keypair(call.world, call.context.user_id, str(key_name)) if key_name else None
    if key_name and key is None:
        raise bad("Invalid key_name provided.")
    template = {
        "name": name, "image_id": image.id, "flavor": flavor, "metadata": metadata, "groups": groups,
        "key_name": key_name, "zone": _zone(call, wanted),
        "access_v4": wanted.get("accessIPv4") or "", "access_v6": wanted.get("accessIPv6") or "",
        "disk_config": disk_config(wanted, "MANUAL"), "config_drive": str(wanted.get("config_drive") or ""),
        "admin_pass": _password(call, wanted), "user_data": user_data, "files": files,
        "key_data": key.public_key if key else "", "block_devices": _block_devices(wanted),
    }  # fmt: skip
    made = _boot(call, template, count)
    await asyncio.sleep((ANSWERED + (SEVERAL if count > 1 else 0)) * compute(call.world).pace)
    return _accepted(call, made, bool(wanted.get("return_reservation_id")))


def _boot(call: Call, template: dict[str, Any], count: int) -> list[Server]:
    world = call.world
    reservation = "r-" + world.ids.text(8).lower()
    made: list[Server] = []
    for _ in range(count):
        now = world.clock.exact()
        server = Server(
            id=world.ids.uuid(), number=world.ids.number("server"), tenant_id=call.tenant,
            user_id=call.context.user_id, created=now, updated=now, reservation=reservation, mac=_mac(call),
            interface=world.ids.uuid(), **{**template, "metadata": dict(template["metadata"])},
        )  # fmt: skip
        world.servers[server.id] = server
        engine(world).begin(server, "compute.boot")
        made.append(server)
    return made


def _accepted(call: Call, made: list[Server], reservation: bool) -> Response:
    first = made[0]
    if reservation:
        return call.ok({"reservation_id": first.reservation}, 202)
    view = {
        "OS-DCF:diskConfig": first.disk_config, "id": first.id, "links": call.links(f"servers/{first.id}"),
        "adminPass": first.admin_pass,
    }  # fmt: skip
    location = ("Location", call.link(f"servers/{first.id}"))
    return with_id(call.request_id, json_answer({"server": view}, 202), [location])


def _zone(call: Call, wanted: dict[str, Any]) -> str | None:
    """``zone:host`` from an administrator; from anybody else the host is passed over without a word."""
    given = wanted.get("availability_zone")
    if given is None:
        return None
    return str(given) if call.context.admin else str(given).partition(":")[0]


def _mac(call: Call) -> str:
    tail = call.world.ids.hex()[:6]
    return f"fa:16:3e:{tail[:2]}:{tail[2:4]}:{tail[4:]}"


def server_name(wanted: dict[str, Any]) -> str:
    """The checked name of a request."""
    if "name" not in wanted:
        raise bad("Server name is not defined")
    name = wanted["name"]
    if not isinstance(name, str):
        raise bad("Server name is not a string or unicode")
    if not name.strip():
        raise bad("Server name is an empty string")
    if len(name) > _NAME_LIMIT:
        raise bad("Server name must be less than 256 characters.")
    return name.strip()


def disk_config(wanted: dict[str, Any], default: str) -> str:
    """The wanted disk configuration."""
    given = wanted.get("OS-DCF:diskConfig", default)
    if given not in ("AUTO", "MANUAL"):
        raise bad("OS-DCF:diskConfig must be either 'MANUAL' or 'AUTO'.")
    return str(given)


def _reference(wanted: dict[str, Any], name: str) -> str:
    """An id, which may come as a URL."""
    given = wanted.get(name)
    if given is None or given == "":
        raise bad(f"Missing {name} attribute")
    return str(given).rstrip("/").rpartition("/")[2]


def _password(call: Call, wanted: dict[str, Any]) -> str:
    given = wanted.get("adminPass")
    if given is None:
        given = call.world.ids.text(12)
    if not isinstance(given, str) or not given:
        raise bad("Invalid adminPass")
    call.world.secret("server password", given)
    return given


def _decoded(text: Any) -> bytes | None:
    try:
        return base64.b64decode("".join(str(text).split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _personality(wanted: dict[str, Any]) -> list[tuple[str, bytes]]:
    files: list[tuple[str, bytes]] = []
    for item in wanted.get("personality") or []:
        if not isinstance(item, dict):
            raise bad("Bad personality format")
        for key in ("path", "contents"):
            if key not in item:
                raise bad(f"Bad personality format: missing {key}")
        contents = _decoded(item["contents"])
        if contents is None:
            raise bad(f"Personality content for {item['path']} cannot be decoded")
        files.append((str(item["path"]), contents))
    return files


def _user_data(wanted: dict[str, Any]) -> bytes:
    given = wanted.get("user_data")
    found = _decoded(given) if given else b""
    if found is None:
        raise bad("Userdata content cannot be decoded")
    return found


def _block_devices(wanted: dict[str, Any]) -> dict[str, str]:
    """The devices that ``block_device_mapping`` names, by name without ``/dev/``."""
    rows = wanted.get("block_device_mapping") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise bad("Block Device Mapping is Invalid.")
    keys = ("volume_size", "delete_on_termination")
    return {
        str(row.get("device_name") or "").removeprefix("/dev/"): ":".join(
            [
                str(row.get("volume_id") or row.get("snapshot_id") or ""),
                "snap" if row.get("snapshot_id") else "",
                *(str(row.get(key) or "") for key in keys),
            ]
        )
        for row in rows
    }


def _count(wanted: dict[str, Any], name: str, default: int) -> int:
    try:
        return max(1, int(wanted.get(name) or default))
    except (TypeError, ValueError):
        raise Refusal(500) from None


def _allowed(call: Call, flavor: Flavor, minimum: int, maximum: int) -> int:
    """How many servers the quota leaves room for, at most ``maximum``; less than ``minimum`` is refused."""
    quota = compute(call.world).quota(call.tenant)
    mine = [server.flavor for server in live(call.world) if server.tenant_id == call.tenant]
    rows = (
        ("instances", len(mine), 1),
        ("cores", sum(row.vcpus for row in mine), flavor.vcpus),
        ("ram", sum(row.ram for row in mine), flavor.ram),
    )
    room = [(quota[name] - used) // each for name, used, each in rows if each and quota[name] >= 0]
    allowed = min([maximum, *room])
    if allowed < minimum:
        raise over_quota("InstanceLimitExceeded")
    return allowed


def _check_files(call: Call, files: list[tuple[str, bytes]]) -> None:
    quota = compute(call.world).quota(call.tenant)
    if len(files) > quota["injected_files"]:
        raise Refusal(413, "Personality file limit exceeded")
    if any(len(path) > _PATH_LIMIT for path, _ in files):
        raise Refusal(413, "Personality file path too long")
    if any(len(contents) > quota["injected_file_content_bytes"] for _, contents in files):
        raise Refusal(413, "Personality file content too long")


def _networks(call: Call, wanted: dict[str, Any]) -> None:
    known = compute(call.world).network.id
    for row in wanted.get("networks") or []:
        uuid = row.get("uuid") if isinstance(row, dict) else None
        if uuid != known and not call.context.admin:
            raise bad("AdminRequired: User does not have admin privileges")
        if uuid != known:
            raise bad(f"Network {uuid} could not be found.")


def _image(call: Call, image_id: str, flavor: Flavor) -> Image:
    image = visible(call.world, call.context, image_id)
    if image is None:
        raise bad("Can not find requested image")
    if image.min_ram > flavor.ram:
        raise bad("Instance type's memory is too small for requested image.")
    if image.min_disk > flavor.disk:
        raise bad("Instance type's disk is too small for requested image.")
    return image


def _groups(call: Call, wanted: dict[str, Any]) -> list[int]:
    state = compute(call.world)
    state.default_group(call.world, call.tenant)
    rows = wanted.get("security_groups") or [{"name": "default"}]
    names = [str(row["name"]) for row in rows if isinstance(row, dict) and row.get("name")]
    groups: list[int] = []
    for name in dict.fromkeys(names):
        found = state.group(call.tenant, name)
        if found is None:
            raise bad(f"Security group {name} not found for project {call.tenant}.")
        groups.append(found.id)
    return groups
