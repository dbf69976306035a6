"""Creating, uploading, updating and deleting images."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from harness.lab.content import Content
from harness.lab.http import Routes, Stop, answer, context_of, json_answer, text_error
from harness.lab.images import refusals, views
from harness.lab.images.metadata import Given, check, given
from harness.lab.images.reading import Reading
from harness.lab.world import Image, World

LARGEST_UPLOAD = 4 << 30
"""Bytes of one image that the lab takes; a larger body is cut off with 413."""


class Changes:
    """What changes an image."""

    def __init__(self, world: World, reading: Reading) -> None:
        self.world = world
        self.reading = reading

    def add_to(self, routes: Routes) -> None:
        """Answer below the version."""
        routes.add("POST", "/images", self.create)
        routes.add("PUT", "/images/{image}", self.update)
        routes.add("DELETE", "/images/{image}", self.delete)

    async def create(self, request: Request) -> Response:
        """Reserve a row, then take the bytes if there are any."""
        meta = given(request)
        self._no_outside_source(request, meta)
        if meta.id in self.world.images:
            raise refusals.conflict(request, f"An image with identifier {meta.id} already exists")
        now = self.world.clock.exact()
        image = Image(
            id=meta.id or self.world.ids.uuid(),
            name=None,
            owner=context_of(request).tenant_id,
            created_at=now,
            updated_at=now,
            properties=dict(meta.properties),
            size=meta.size or 0,
        )
        image = replace(image, **meta.fields)
        check(request, image)
        self.world.images[image.id] = image
        if _has_body(request):
            await self._upload(request, image, meta)
        return self._changed(request, image, 201)

    def _no_outside_source(self, request: Request, meta: Given) -> None:
        """The lab fetches nothing from elsewhere:
        a location is refused as Essex refuses files, copying is not built.
        """
        if meta.location:
            raise refusals.bad(request, f"External sourcing not supported for store {meta.location}")
        if meta.copy_from:
            raise Stop(text_error(request, 501))

    async def _upload(self, request: Request, image: Image, meta: Given) -> None:
        if request.headers.get("content-type") != "application/octet-stream":
            image.status = "killed"
            explanation = "Content-Type must be application/octet-stream"
            raise Stop(text_error(request, 400, explanation=explanation))
        image.status = "saving"
        content = await self._received(request, image)
        if meta.checksum is not None and meta.checksum != content.checksum:
            image.status = "killed"
            detail = f"Supplied checksum ({meta.checksum}) and checksum generated from uploaded image "
            detail += f"({content.checksum}) did not match. Setting image status to 'killed'."
            raise refusals.bad(request, detail)
        try:
            check(request, image, activating=True, action="update")
        except Stop:
            image.status = "killed"
            raise
        image.content, image.size, image.checksum = content, content.size, content.checksum
        image.status, image.updated_at = "active", self.world.clock.exact()

    async def _received(self, request: Request, image: Image) -> Content:
        content = Content()
        async for chunk in request.stream():
            if content.size + len(chunk) > LARGEST_UPLOAD:
                image.status = "killed"
                raise Stop(text_error(request, 413))
            content.write(chunk)
        return content

    async def update(self, request: Request) -> Response:
        """Metadata; and bytes, while the image is queued. Properties that are not sent again are gone."""
        image = self._mine(request, "update")
        meta = given(request)
        self._no_outside_source(request, meta)
        if _has_body(request) and image.status != "queued":
            raise refusals.conflict(request, "Cannot upload to an unqueued image")
        check(request, replace(image, **meta.fields), activating=image.status == "active", action="update")
        for name, value in meta.fields.items():
            setattr(image, name, value)
        keep = request.headers.get("x-glance-registry-purge-props", "true").lower() == "false"
        image.properties = {**(image.properties if keep else {}), **meta.properties}
        image.updated_at = self.world.clock.exact()
        if _has_body(request):
            await self._upload(request, image, meta)
        return self._changed(request, image, 200)

    async def delete(self, request: Request) -> Response:
        """200 with the document ``null``."""
        image = self._mine(request, "delete")
        if image.protected:
            raise refusals.forbidden(request, "Image is protected")
        del self.world.images[image.id]
        return json_answer(None, kind="application/json; charset=UTF-8")

    def _mine(self, request: Request, action: str) -> Image:
        image, context = self.reading.found(request), context_of(request)
        if not context.admin and (image.owner is None or image.owner != context.tenant_id):
            raise refusals.not_yours(request, action)
        return image

    def _changed(self, request: Request, image: Image, status: int) -> Response:
        document = json_answer({"image": views.full(image)}, status)
        rows = [(k.decode(), v.decode()) for k, v in document.raw_headers]
        return answer(status, bytes(document.body), [*rows, *views.place(request, image)])


def _has_body(request: Request) -> bool:
    length = request.headers.get("content-length", "0")
    return "transfer-encoding" in request.headers or length not in ("", "0")
