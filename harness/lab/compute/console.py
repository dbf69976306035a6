"""What a server's console says, and where it can be reached."""

from __future__ import annotations

from starlette.responses import Response

from harness.lab.compute.call import Call, Handler
from harness.lab.compute.find import find_server
from harness.lab.compute.refusals import Refusal, bad
from harness.lab.compute.screens import PAGE, PORT, screens
from harness.lab.compute.state import Server
from harness.lab.guests.state import guests
from harness.lab.world import World

_VIEWERS = {"novnc": (PORT, PAGE), "xvpvnc": (6081, "console")}


def lines(world: World, server: Server) -> list[str]:
    """The console of a server that has run: the boot log that its guest has written."""
    guest = guests(world).of(server.id)
    return list(guest.console) if guest is not None else []


async def _output(call: Call) -> Response:
    given = (call.body["os-getConsoleOutput"] or {}).get("length")
    server = find_server(call, call.parts["id"])
    if server.host is None:
        raise Refusal(404)
    rows = lines(call.world, server)
    if given is not None:
        try:
            rows = rows[-int(given) :] if int(given) > 0 else []
        except (TypeError, ValueError):
            rows = []
    return call.ok({"output": "\n".join(rows)})


async def _viewer(call: Call) -> Response:
    kind = (call.body["os-getVNCConsole"] or {}).get("type")
    server = find_server(call, call.parts["id"])
    if kind not in _VIEWERS or server.host is None:
        raise bad()
    port, page = _VIEWERS[kind]
    url = f"{call.host.rpartition(':')[0]}:{port}/{page}?token={screens(call.world).token(server.id)}"
    return call.ok({"console": {"url": url, "type": kind}})


ACTIONS: dict[str, Handler] = {"os-getConsoleOutput": _output, "os-getVNCConsole": _viewer}
