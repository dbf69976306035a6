"""Images as Glance 2012.1 speaks: v1, where an image's facts travel in headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from harness.clients.door import json_of
from harness.clients.errors import ServerFault
from harness.clients.link import Link
from harness.clients.values import Image

QUIRKS = frozenset({"anyone_may_publish", "range_is_ignored", "versions_answer_300", "delete_answers_null"})
_META = "x-image-meta-"
_PROPERTY = "x-image-meta-property-"
_PAGE = 100
_MOST = 20_000


class ImagesV1:
    """The ``Images`` protocol over v1."""

    quirks = QUIRKS

    def __init__(self, link: Link) -> None:
        self._link = link

    def list(self) -> Sequence[Image]:
        """The images that this tenant sees, page by page."""
        images: list[Image] = []
        seen: set[str] = set()
        url = self._url("/images/detail")
        while len(images) < _MOST:
            marker = f"&marker={quote(images[-1].id, safe='')}" if images else ""
            page = self._link.read(
                "GET", f"{url}?limit={_PAGE}{marker}", lambda data: [*map(image_of, data["images"])]
            )
            fresh = [image for image in page if image.id not in seen]
            seen |= {image.id for image in fresh}
            images += fresh
            if len(page) < _PAGE or not fresh:
                return images
        raise ServerFault(f"the listing of images does not end after {len(images)}", self._link.exchange)

    def show(self, image_id: str) -> Image:
        """One image, by the headers that it has."""
        seen = self._link.ask("HEAD", self._url("/images", image_id))
        with self._link.reading(seen):
            return image_of_headers(seen.headers)

    def upload(
        self,
        data: bytes,
        name: str | None = None,
        *,
        disk_format: str = "raw",
        container_format: str = "bare",
        public: bool = False,
        properties: Mapping[str, str] | None = None,
    ) -> Image:
        """Store an image in one request."""
        fresh = name or self._link.keeper.name("image")
        headers = {
            "Content-Type": "application/octet-stream",
            f"{_META}name": fresh,
            f"{_META}disk_format": disk_format,
            f"{_META}container_format": container_format,
            f"{_META}is_public": str(public),
            f"{_META}size": str(len(data)),
        } | {f"{_PROPERTY}{key}": value for key, value in (properties or {}).items()}
        with self._link.keeper.creating("image", fresh) as entry:
            seen = self._link.ask("POST", self._url("/images"), data=data, headers=headers)
            with self._link.reading(seen):
                image = image_of(json_of(seen)["image"])
            entry.made(image.id)
        return image

    def download(self, image_id: str) -> bytes:
        """The content of an image."""
        return self._link.ask("GET", self._url("/images", image_id), headers={"Accept": "*/*"}).body

    def delete(self, image_id: str) -> None:
        """Remove an image."""
        self._link.ask("DELETE", self._url("/images", image_id))

    def _url(self, path: str, id: str | None = None) -> str:
        return self._link.endpoint("image") + path + (f"/{quote(id, safe='')}" if id is not None else "")


def image_of(row: Any) -> Image:
    """An image from its JSON form."""
    return Image(
        id=str(row["id"]),
        name=row.get("name") or "",
        status=str(row.get("status") or ""),
        disk_format=row.get("disk_format"),
        container_format=row.get("container_format"),
        size=int(row.get("size") or 0),
        checksum=row.get("checksum") or "",
        public=_true(row.get("is_public", False)),
        protected=_true(row.get("protected", False)),
        min_ram=int(row.get("min_ram") or 0),
        min_disk=int(row.get("min_disk") or 0),
        owner=row.get("owner") or "",
        properties={str(key): str(value) for key, value in (row.get("properties") or {}).items()},
    )


def image_of_headers(headers: Mapping[str, str]) -> Image:
    """An image from the headers of a HEAD:
    ``X-Image-Meta-Container_format: ami``, ``…-Property-Kernel_id: …``.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    row: dict[str, Any] = {
        name.removeprefix(_META): value
        for name, value in lower.items()
        if name.startswith(_META) and not name.startswith(_PROPERTY)
    }
    for name in ("disk_format", "container_format", "checksum", "owner"):
        row[name] = None if row.get(name) in (None, "None", "") else row[name]
    row["properties"] = {n.removeprefix(_PROPERTY): v for n, v in lower.items() if n.startswith(_PROPERTY)}
    return image_of(row)


def _true(value: object) -> bool:
    return value is True or str(value).lower() in ("true", "1", "on", "yes")
