"""Images as Glance 2012.1 speaks: v1, where an image's facts travel in headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from harness.clients.door import json_of
from harness.clients.errors import ServerFault
from harness.clients.images_v1_answers import META, PROPERTY, image_of, image_of_headers
from harness.clients.link import Link
from harness.clients.values import Image

QUIRKS = frozenset({"anyone_may_publish", "range_is_ignored", "versions_answer_300", "delete_answers_null"})
_BYTES = "application/octet-stream"
_PAGE = 100
_MOST = 20_000


class ImagesV1:
    """The ``Images`` protocol over v1."""

    quirks = QUIRKS

    def __init__(self, link: Link) -> None:
        self._link = link

    def list(self, filters: Mapping[str, str] | None = None) -> Sequence[Image]:
        """The images that this tenant sees, page by page."""
        images: list[Image] = []
        seen: set[str] = set()
        while len(images) < _MOST:
            page = self.page(_PAGE, images[-1].id if images else None, filters)
            fresh = [image for image in page if image.id not in seen]
            seen |= {image.id for image in fresh}
            images += fresh
            if len(page) < _PAGE or not fresh:
                return images
        raise ServerFault(f"the listing of images does not end after {len(images)}", self._link.exchange)

    def page(
        self, limit: int, marker: str | None = None, filters: Mapping[str, str] | None = None
    ) -> Sequence[Image]:
        """One page of a listing."""
        query = {**(filters or {}), "limit": str(limit)} | ({"marker": marker} if marker else {})
        url = f"{self._url('/images/detail')}?{urlencode(query)}"
        return self._link.read("GET", url, lambda data: [*map(image_of, data["images"])])

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
        protected: bool = False,
        properties: Mapping[str, str] | None = None,
        checksum: str | None = None,
    ) -> Image:
        """Store an image in one request."""
        facts = {
            "disk_format": disk_format,
            "container_format": container_format,
            "is_public": str(public),
            "size": str(len(data)),
        }
        facts |= {"protected": "True"} if protected else {}
        facts |= {"checksum": checksum} if checksum else {}
        return self._create(name, facts, properties, data)

    def reserve(self, name: str | None = None, *, properties: Mapping[str, str] | None = None) -> Image:
        """Register an image without its content."""
        return self._create(name, {"is_public": "False"}, properties, None)

    def store(
        self, image_id: str, data: bytes, *, disk_format: str = "raw", container_format: str = "bare"
    ) -> Image:
        """Give a reserved image its content, and keep its properties."""
        facts = {"disk_format": disk_format, "container_format": container_format}
        return self._put(image_id, _headers(facts, None, keep=True) | {"Content-Type": _BYTES}, data)

    def update(
        self,
        image_id: str,
        *,
        name: str | None = None,
        protected: bool | None = None,
        min_disk: int | None = None,
        min_ram: int | None = None,
        properties: Mapping[str, str] | None = None,
        keep: bool = True,
    ) -> Image:
        """Change what is given; without ``keep``, properties that are not given are dropped."""
        given = {"name": name, "protected": protected, "min_disk": min_disk, "min_ram": min_ram}
        facts = {key: str(value) for key, value in given.items() if value is not None}
        return self._put(image_id, _headers(facts, properties, keep=keep), None)

    def download(self, image_id: str) -> bytes:
        """The content of an image."""
        return self._link.ask("GET", self._url("/images", image_id), headers={"Accept": "*/*"}).body

    def delete(self, image_id: str) -> None:
        """Remove an image."""
        self._link.ask("DELETE", self._url("/images", image_id))

    def share(self, image_id: str, tenant_id: str) -> None:
        """Let another tenant see an image."""
        body = {"member": {"can_share": False}}
        self._link.ask("PUT", self._member(image_id, tenant_id), json=body)

    def unshare(self, image_id: str, tenant_id: str) -> None:
        """Let another tenant see an image no more."""
        self._link.ask("DELETE", self._member(image_id, tenant_id))

    def members(self, image_id: str) -> Sequence[str]:
        """The ids of the tenants that an image is shared with."""
        url = f"{self._url('/images', image_id)}/members"
        return self._link.read("GET", url, lambda data: [str(row["member_id"]) for row in data["members"]])

    def _create(
        self,
        name: str | None,
        facts: Mapping[str, str],
        properties: Mapping[str, str] | None,
        data: bytes | None,
    ) -> Image:
        fresh = name or self._link.keeper.name("image")
        headers = _headers({"name": fresh, **facts}, properties)
        headers |= {"Content-Type": _BYTES} if data is not None else {"Content-Length": "0"}
        with self._link.keeper.creating("image", fresh) as entry:
            seen = self._link.ask("POST", self._url("/images"), data=data, headers=headers)
            with self._link.reading(seen):
                image = image_of(json_of(seen)["image"])
            entry.made(image.id)
        return image

    def _put(self, image_id: str, headers: Mapping[str, str], data: bytes | None) -> Image:
        seen = self._link.ask("PUT", self._url("/images", image_id), data=data, headers=headers)
        with self._link.reading(seen):
            return image_of(json_of(seen)["image"])

    def _member(self, image_id: str, tenant_id: str) -> str:
        return f"{self._url('/images', image_id)}/members/{quote(tenant_id, safe='')}"

    def _url(self, path: str, id: str | None = None) -> str:
        return self._link.endpoint("image") + path + (f"/{quote(id, safe='')}" if id is not None else "")


def _headers(
    facts: Mapping[str, str], properties: Mapping[str, str] | None, *, keep: bool = False
) -> dict[str, str]:
    """An image's facts and properties as headers; ``keep`` leaves properties that are not given in place."""
    headers = {f"{META}{key}": value for key, value in facts.items()}
    headers |= {f"{PROPERTY}{key}": value for key, value in (properties or {}).items()}
    return headers | ({"X-Glance-Registry-Purge-Props": "False"} if keep else {})
