"""Services and endpoints: the tables behind the catalogue, on the administrators' port."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harness.lab.http import Routes
from harness.lab.identity import access, wire
from harness.lab.world import Endpoint, Service, World

_KEY = "OS-KSADM:service"


class Services:
    """The handlers.

    With a catalogue from templates the service table is empty and endpoints are not implemented.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def add_to(self, routes: Routes) -> None:
        """Answer on the administrators' port."""
        routes.add("GET", "/v2.0/OS-KSADM/services", self.all)
        routes.add("POST", "/v2.0/OS-KSADM/services", self.create)
        routes.add("GET", "/v2.0/OS-KSADM/services/{service}", self.one)
        routes.add("DELETE", "/v2.0/OS-KSADM/services/{service}", self.delete)
        routes.add("GET", "/v2.0/endpoints", self.endpoints)
        routes.add("POST", "/v2.0/endpoints", self.create_endpoint)
        routes.add("DELETE", "/v2.0/endpoints/{endpoint}", self.delete_endpoint)

    async def all(self, request: Request) -> Response:
        """Every service."""
        access.administrator(self.world, request)
        return wire.reply(request, {f"{_KEY}s": [asdict(row) for row in self.world.services.values()]})

    async def create(self, request: Request) -> Response:
        """Type and name need not be unique."""
        access.administrator(self.world, request)
        data = await wire.wrapped(request, _KEY)
        service = Service(self.world.ids.hex(), data.get("type"), data.get("name"), data.get("description"))
        self.world.services[service.id] = service
        return wire.reply(request, {_KEY: asdict(service)})

    def _found(self, request: Request, key: str) -> Service:
        if key not in self.world.services:
            raise wire.missing(request, "service", key)
        return self.world.services[key]

    async def one(self, request: Request) -> Response:
        """One service by id."""
        access.administrator(self.world, request)
        return wire.reply(request, {_KEY: asdict(self._found(request, request.path_params["service"]))})

    async def delete(self, request: Request) -> Response:
        """The service with its endpoints."""
        access.administrator(self.world, request)
        service = self._found(request, request.path_params["service"])
        del self.world.services[service.id]
        ends = self.world.endpoints.items()
        self.world.endpoints = {key: end for key, end in ends if end.service_id != service.id}
        return wire.gone()

    async def endpoints(self, request: Request) -> Response:
        """Every row, its templates not expanded."""
        access.administrator(self.world, request)
        self._table_only(request)
        return wire.reply(request, {"endpoints": [asdict(end) for end in self.world.endpoints.values()]})

    def _table_only(self, request: Request) -> None:
        if self.world.templated_catalogue:
            raise wire.absent(request)

    async def create_endpoint(self, request: Request) -> Response:
        """A row of the catalogue."""
        access.administrator(self.world, request)
        data = await wire.wrapped(request, "endpoint")
        service = self._found(request, str(data.get("service_id")))
        self._table_only(request)
        urls = [str(data.get(f"{name}url") or "") for name in ("public", "internal", "admin")]
        end = Endpoint(self.world.ids.hex(), service.id, data.get("region"), *urls)
        self.world.endpoints[end.id] = end
        return wire.reply(request, {"endpoint": _document(end)})

    async def delete_endpoint(self, request: Request) -> Response:
        """The row is gone from the next catalogue on."""
        access.administrator(self.world, request)
        self._table_only(request)
        key = request.path_params["endpoint"]
        if self.world.endpoints.pop(key, None) is None:
            raise wire.missing(request, "endpoint", key)
        return wire.gone()


def _document(end: Endpoint) -> dict[str, Any]:
    return asdict(end)
