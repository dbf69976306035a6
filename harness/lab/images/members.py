"""Sharing an image with other tenants."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harness.lab.http import Routes, Stop, answer, context_of, json_answer, read_json, text_error
from harness.lab.images import refusals
from harness.lab.images.reading import Reading
from harness.lab.world import Image, World

_JSON = "application/json; charset=UTF-8"


class Members:
    """The member list of an image, and what is shared with a tenant."""

    def __init__(self, world: World, reading: Reading) -> None:
        self.world = world
        self.reading = reading

    def add_to(self, routes: Routes) -> None:
        """Answer below the version."""
        routes.add("GET", "/images/{image}/members", self.all)
        routes.add("PUT", "/images/{image}/members", self.replace)
        routes.add("PUT", "/images/{image}/members/{member}", self.add)
        routes.add("DELETE", "/images/{image}/members/{member}", self.remove)
        routes.add("GET", "/shared-images/{member}", self.shared)

    async def all(self, request: Request) -> Response:
        """Who the image is shared with."""
        members = self.reading.found(request).members
        rows = [{"can_share": share, "member_id": tenant} for tenant, share in members.items()]
        return json_answer({"members": rows}, kind=_JSON)

    async def replace(self, request: Request) -> Response:
        """The whole list anew."""
        image = self._shareable(request)
        rows = (await self._document(request)).get("memberships", [])
        image.members = {str(row["member_id"]): bool(row.get("can_share", False)) for row in rows}
        return _done()

    async def add(self, request: Request) -> Response:
        """One member more, or with another right."""
        image = self._shareable(request)
        row = (await self._document(request)).get("member", {})
        tenant = request.path_params["member"]
        image.members[tenant] = bool(row.get("can_share", image.members.get(tenant, False)))
        return _done()

    async def remove(self, request: Request) -> Response:
        """One member less."""
        image = self._shareable(request)
        if image.members.pop(request.path_params["member"], None) is None:
            raise Stop(text_error(request, 404, "Membership could not be found"))
        return _done()

    async def shared(self, request: Request) -> Response:
        """What is shared with a tenant."""
        tenant = request.path_params["member"]
        images = [image for image in self.world.images.values() if tenant in image.members]
        rows = [{"image_id": image.id, "can_share": image.members[tenant]} for image in images]
        return json_answer({"shared_images": rows}, kind=_JSON)

    def _shareable(self, request: Request) -> Image:
        """The image, if the caller may share it on: the owner, a member with that right, an administrator."""
        image, context = self.reading.found(request), context_of(request)
        allowed = context.admin or image.owner == context.tenant_id
        if not allowed and not image.members.get(context.tenant_id or "", False):
            raise refusals.forbidden(request, "No permission to share that image")
        return image

    async def _document(self, request: Request) -> dict[str, Any]:
        if request.headers.get("content-length", "0") == "0":
            return {}
        try:
            data = await read_json(request)
        except ValueError:
            raise refusals.bad(request, "Malformed body") from None
        if not isinstance(data, dict) or not all(isinstance(value, dict | list) for value in data.values()):
            raise refusals.bad(request, "Malformed body")
        return data


def _done() -> Response:
    return answer(204, b"", [("Content-Type", "text/html; charset=UTF-8"), ("Content-Length", "0")])
