"""The lab's own control: what is there, and which faults are in force. Not part of the cloud."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harness.errors import LabError
from harness.lab.faults import Toggles, faults
from harness.lab.holding import Hold
from harness.lab.http import Routes, json_answer
from harness.lab.http.routes import Handler
from harness.lab.jitter import Unsteady
from harness.lab.world import World


def control_app(world: World, toggles: Toggles, hold: Hold) -> Routes:
    """What there is, which faults are in force, one answer kept back, and answers that come late.

    ``GET /_lab/inventory``, ``GET /_lab/secrets``; ``GET /_lab/faults``, ``POST`` and ``DELETE`` of
    ``/_lab/faults/<name>``; ``POST /_lab/hold/<n>`` holds the n-th answer from now (``?method=&path=`` say
    which count), ``GET`` and ``DELETE`` of ``/_lab/hold`` look and let go.
    ``POST /_lab/jitter/<milliseconds>/<seed>`` makes answers and states take longer by chance, ``GET`` and
    ``DELETE`` of ``/_lab/jitter`` look and end it.
    """
    routes = Routes()
    _tell(routes, world)
    _toggle(routes, world, toggles)
    _keep_back(routes, hold)
    _make_late(routes, Unsteady(world, toggles.bench.real))
    return routes


def _tell(routes: Routes, world: World) -> None:
    """What there is, and what nobody but the administrator may know."""

    async def inventory(request: Request) -> Response:
        rows: dict[str, list[dict[str, Any]]] = {kind: [] for kind in sorted(world.sources)}
        for row in world.inventory():
            rows.setdefault(row.kind, []).append({k: v for k, v in asdict(row).items() if k != "kind"})
        return json_answer(rows)

    async def secrets(request: Request) -> Response:
        """For whoever can read the clouds file: other users of this machine can reach the address too."""
        admins = [user.password for user in world.users.values() if user.name == "admin"]
        if request.headers.get("x-lab-password", "") not in admins:
            return json_answer({"error": "say the administrator's password in X-Lab-Password"}, 403)
        return json_answer({kind: sorted(values) for kind, values in world.secrets.items()})

    routes.add("GET", "/_lab/inventory", inventory)
    routes.add("GET", "/_lab/secrets", secrets)


def _toggle(routes: Routes, world: World, toggles: Toggles) -> None:
    """Which faults there are, and each of them on and off."""

    async def listing(request: Request) -> Response:
        active = toggles.active
        return json_answer([{**f.to_json(world.arch), "active": f.name in active} for f in faults().values()])

    def toggling(act: Callable[[str], object]) -> Handler:
        async def handler(request: Request) -> Response:
            try:
                act(request.path_params["name"])
            except LabError as error:
                return json_answer({"error": str(error)}, 404)
            return json_answer({"active": list(toggles.active)})

        return handler

    routes.add("GET", "/_lab/faults", listing)
    routes.add("POST", "/_lab/faults/{name}", toggling(toggles.on))
    routes.add("DELETE", "/_lab/faults/{name}", toggling(toggles.off))


def _keep_back(routes: Routes, hold: Hold) -> None:
    """One answer held, looked for and let go."""

    async def holding(request: Request) -> Response:
        if request.method == "POST":
            which = request.query_params
            hold.arm(int(request.path_params["at"]), which.get("method", ""), which.get("path", ".*"))
        elif request.method == "DELETE":
            hold.release()
        return json_answer({"at": hold.at, "count": hold.count, "reached": hold.reached})

    routes.add("GET", "/_lab/hold", holding)
    routes.add("DELETE", "/_lab/hold", holding)
    routes.add("POST", "/_lab/hold/{at}", holding)


def _make_late(routes: Routes, unsteady: Unsteady) -> None:
    """Answers and states that take longer by chance, and the end of it."""

    async def jittering(request: Request) -> Response:
        if request.method == "POST":
            words = request.path_params
            unsteady.on(int(words["milliseconds"]) / 1000, int(words["seed"]))
        elif request.method == "DELETE":
            unsteady.off()
        return json_answer(unsteady.to_json())

    routes.add("GET", "/_lab/jitter", jittering)
    routes.add("DELETE", "/_lab/jitter", jittering)
    routes.add("POST", "/_lab/jitter/{milliseconds}/{seed}", jittering)
