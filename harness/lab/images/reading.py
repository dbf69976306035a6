"""Listing, showing and downloading images."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from harness.lab.content import Content
from harness.lab.http import Routes, Stop, answer, context_of, json_answer, text_error
from harness.lab.images import refusals, views
from harness.lab.images.filters import selected
from harness.lab.world import Context, Image, World

_JSON = "application/json; charset=UTF-8"


class Reading:
    """What leaves an image as it is."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add_to(self, routes: Routes) -> None:
        """Answer below the version."""
        routes.add("GET", "/", self.index)
        routes.add("GET", "/images", self.index)
        routes.add("GET", "/images/detail", self.detail)
        routes.add("HEAD", "/images/{image}", self.head)
        routes.add("GET", "/images/{image}", self.download)

    async def index(self, request: Request) -> Response:
        """The short list."""
        return self._listed(request, views.brief)

    async def detail(self, request: Request) -> Response:
        """The same rows with everything."""
        return self._listed(request, views.full)

    def _listed(self, request: Request, view: Any) -> Response:
        self.world.settle()
        seen = [image for image in self.world.images.values() if self.visible(context_of(request), image)]
        return json_answer({"images": [view(image) for image in selected(request, seen)]}, kind=_JSON)

    def visible(self, context: Context, image: Image) -> bool:
        """Whether somebody may know of an image."""
        if image.deleted:
            return False
        shared = context.tenant_id in image.members
        return (
            context.admin or image.public or image.owner is None or image.owner == context.tenant_id or shared
        )

    def found(self, request: Request) -> Image:
        """The image of the path; 404 also where the caller may not see it."""
        self.world.settle()
        key = request.path_params["image"]
        image = self.world.images.get(key)
        if image is None or not self.visible(context_of(request), image):
            raise refusals.missing(request, key)
        return image

    async def head(self, request: Request) -> Response:
        """The metadata as headers."""
        image = self.found(request)
        first = [("Content-Type", "text/html; charset=UTF-8"), ("Content-Length", "0")]
        return answer(200, b"", [*first, *views.headers(image), *views.place(request, image)])

    async def download(self, request: Request) -> Response:
        """The bytes, always all of them: Range is ignored."""
        image = self.found(request)
        content = image.content
        if image.status != "active" or content is None:
            raise Stop(text_error(request, 404, f"Image {image.id} is not active"))
        whole = Content(content) if isinstance(content, bytes) else content
        response = StreamingResponse(whole.chunks())
        first = [("Content-Type", "application/octet-stream"), ("Content-Length", str(image.size))]
        rows = [*first, *views.headers(image), *views.place(request, image)]
        response.raw_headers = [(name.encode(), value.encode()) for name, value in rows]
        return response
