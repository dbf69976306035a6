"""Actions on servers that are rows of tables: what starts a state machine,
where it is allowed, what it answers.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from harness.lab.compute import console, floating, images_of_servers, resizing, unbuilt
from harness.lab.compute.call import Call, Handler, bare
from harness.lab.compute.find import find_server
from harness.lab.compute.refusals import Refusal, bad
from harness.lab.compute.resources import Resources
from harness.lab.compute.scheduler import engine
from harness.lab.compute.state import Server, compute
from harness.lab.compute.states import ACTED

_RUNNING = ("active", "rescued", "shutoff")


@dataclass(frozen=True)
class Simple:
    """An action that does no more than start ``machine``.

    ``task`` is what the API notes before the hypervisor is asked; where that finds the server locked, it
    stays for good. ``states`` are the vm_states that allow the action; ``idle`` ones want no task under way.
    A refusal is 409, or with ``terse`` (start and stop) a 400 that names the server.
    """

    machine: str
    task: str
    states: tuple[str, ...] = ()
    idle: bool = True
    terse: bool = False


SIMPLE: dict[str, Simple] = {
    "pause": Simple("compute.pause", "pausing", _RUNNING),
    "unpause": Simple("compute.unpause", "unpausing", ("paused",)),
    "suspend": Simple("compute.suspend", "suspending", _RUNNING),
    "resume": Simple("compute.resume", "resuming", ("suspended",)),
    "os-stop": Simple("compute.stop", "stopping", _RUNNING, terse=True),
    "os-start": Simple("compute.start", "starting", ("stopped", "shutoff"), terse=True),
    "unrescue": Simple("compute.unrescue", "unrescuing", ("rescued",)),
}
ADMINISTRATORS = {
    "lock": lambda server: setattr(server, "locked", True),
    "unlock": lambda server: setattr(server, "locked", False),
    "resetNetwork": lambda server: None,
    "injectNetworkInfo": lambda server: None,
}
"""Actions of administrators that change no state."""


def routes(into: Resources) -> None:
    """The route of this file."""
    into.add("POST", "servers/{id}/action", act, body=True)


async def act(call: Call) -> Response:
    """Find the action by the first key of the body."""
    name = next(iter(call.body), None) if isinstance(call.body, (dict, list)) else None
    if call.body == {}:
        raise bad("Malformed request body")
    if not isinstance(call.body, dict) or name is None:
        raise bad("There is no such action: None")
    if name in SIMPLE:
        answered = _simple(call, name, SIMPLE[name])
        await _meanwhile(call)
        return answered
    if name in ADMINISTRATORS:
        call.require_admin(f"admin_actions:{name}")
        ADMINISTRATORS[name](find_server(call, call.parts["id"]))
        return bare(202)
    handler = _HANDLERS.get(name)
    if handler is None:
        raise bad(f"There is no such action: {name}")
    answered = await handler(call)
    await _meanwhile(call)
    return answered


async def _meanwhile(call: Call) -> None:
    """Let the hypervisor work for as long as nova takes to answer."""
    await asyncio.sleep(ACTED * compute(call.world).pace)


def require(
    server: Server, name: str, states: tuple[str, ...], *, idle: bool = True, terse: bool = False
) -> None:
    """Refuse an action that the states of a server do not allow."""
    wrong = next(
        (
            (attribute, value)
            for attribute, value, good in (
                ("vm_state", server.vm_state, not states or server.vm_state in states),
                ("task_state", server.task_state, not idle or server.task_state is None),
            )
            if not good
        ),
        None,
    )
    if wrong is None:
        return
    attribute, value = wrong
    if terse:
        verb = re.sub("^os-", "", name)
        text = (
            f"Instance {server.id} in {attribute} {value}. Cannot {verb} while the instance is in this state."
        )
        raise bad(text)
    raise Refusal(409, f"Cannot '{name}' while instance is in {attribute} {value}")


def _simple(call: Call, name: str, row: Simple) -> Response:
    server = find_server(call, call.parts["id"])
    require(server, name, row.states, idle=row.idle, terse=row.terse)
    held = server.locked and not call.context.admin
    engine(call.world).begin(server, f"compute.held_{row.task}" if held else row.machine)
    return bare(202)


def _argument(call: Call, name: str) -> dict[str, Any]:
    given = call.body.get(name)
    return given if isinstance(given, dict) else {}


async def _reboot(call: Call) -> Response:
    given = _argument(call, "reboot")
    if "type" not in given:
        raise bad("Missing argument 'type' for reboot")
    kind = str(given["type"]).upper()
    if kind not in ("HARD", "SOFT"):
        raise bad("Argument 'type' for reboot is not HARD or SOFT")
    server = find_server(call, call.parts["id"])
    require(server, "reboot", _RUNNING)
    held = server.locked and not call.context.admin
    locked = f"compute.held_rebooting{'_hard' if kind == 'HARD' else ''}"
    engine(call.world).begin(server, locked if held else f"compute.reboot_{kind.lower()}")
    return bare(202)


async def _change_password(call: Call) -> Response:
    given = _argument(call, "changePassword").get("adminPass")
    if given is None:
        raise bad("No adminPass was specified")
    if not isinstance(given, str) or not given:
        raise bad("Invalid adminPass")
    server = find_server(call, call.parts["id"])
    server.admin_pass = given
    engine(call.world).begin(server, "compute.change_password")
    return bare(202)


async def _rescue(call: Call) -> Response:
    given = _argument(call, "rescue").get("adminPass")
    server = find_server(call, call.parts["id"])
    require(server, "rescue", ("active", "shutoff", "stopped"))
    engine(call.world).begin(server, "compute.rescue")
    return call.ok({"adminPass": given or call.world.ids.text(12)})


def _administrators_alone(name: str, handler: Handler) -> Handler:
    async def checked(call: Call) -> Response:
        call.require_admin(f"admin_actions:{name}")
        return await handler(call)

    return checked


async def _migrate(call: Call) -> Response:
    """As a resize that keeps the flavor; the scheduler chooses the host."""
    server = find_server(call, call.parts["id"])
    require(server, "resize", ("active", "shutoff"))
    server.wanted_flavor = server.flavor
    engine(call.world).begin(server, "compute.resize")
    return bare(202)


async def _no_live_migration(call: Call) -> Response:
    server, host = find_server(call, call.parts["id"]), _argument(call, "os-migrateLive").get("host")
    raise bad(f"Live migration of instance {server.id} to host {host} failed")


_HANDLERS: dict[str, Handler] = {
    "reboot": _reboot,
    "changePassword": _change_password,
    "rescue": _rescue,
    "os-migrateLive": _administrators_alone("migrateLive", _no_live_migration),
    "migrate": _administrators_alone("migrate", _migrate),
    "forceDelete": unbuilt.unbuilt,
    "restore": unbuilt.unbuilt,
    **console.ACTIONS,
    **floating.ACTIONS,
    **images_of_servers.ACTIONS,
    **resizing.ACTIONS,
}
