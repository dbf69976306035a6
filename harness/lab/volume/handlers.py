"""What both APIs answer about volumes and snapshots: the same handlers, each API with its own views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from harness.lab.compute.call import Call, bare
from harness.lab.compute.refusals import Refusal
from harness.lab.compute.resources import Resources
from harness.lab.volume import work
from harness.lab.volume.state import Snapshot, Volume, snapshots, volumes

View = dict[str, Any]


class Volumes:
    """The handlers of volumes; ``view`` is a volume as the API shows it."""

    def __init__(self, view: Callable[[Volume], View]) -> None:
        self.view = view

    def add_to(self, into: Resources, path: str) -> None:
        """Answer under a path."""
        into.collection(
            path,
            detail=self.index,
            index=self.index,
            create=self.create,
            show=self.show,
            delete=self.delete,
        )

    async def index(self, call: Call) -> Response:
        """The tenant's volumes; both listings are alike."""
        rows = work.listed(call, volumes(call.world, call.tenant))
        return call.ok({"volumes": [self.view(row) for row in rows]})

    async def show(self, call: Call) -> Response:
        """One volume."""
        return call.ok({"volume": self.view(work.find_volume(call, call.parts["id"]))})

    async def create(self, call: Call) -> Response:
        """A new volume; its answer does not show the metadata yet."""
        if not call.body:
            raise Refusal(422)
        return call.ok({"volume": {**self.view(work.create_volume(call)), "metadata": {}}})

    async def delete(self, call: Call) -> Response:
        """Delete a volume."""
        work.delete_volume(call, work.find_volume(call, call.parts["id"]))
        return bare(202)


class Snapshots:
    """The handlers of snapshots; ``view`` is a snapshot as the API shows it."""

    def __init__(self, view: Callable[[Snapshot], View]) -> None:
        self.view = view

    def add_to(self, into: Resources, path: str) -> None:
        """Answer under a path."""
        into.collection(
            path,
            detail=self.index,
            index=self.index,
            create=self.create,
            show=self.show,
            delete=self.delete,
        )

    async def index(self, call: Call) -> Response:
        """The tenant's snapshots."""
        rows = work.listed(call, snapshots(call.world, call.tenant))
        return call.ok({"snapshots": [self.view(row) for row in rows]})

    async def show(self, call: Call) -> Response:
        """One snapshot."""
        return call.ok({"snapshot": self.view(work.find_snapshot(call, call.parts["id"]))})

    async def create(self, call: Call) -> Response:
        """A new snapshot."""
        if not call.body:
            raise Refusal(422)
        return call.ok({"snapshot": self.view(work.create_snapshot(call))})

    async def delete(self, call: Call) -> Response:
        """Delete a snapshot."""
        work.delete_snapshot(call, work.find_snapshot(call, call.parts["id"]))
        return bare(202)


async def index_types(call: Call) -> Response:
    """The types of volumes."""
    return call.ok({"volume_types": [work.type_view(row) for row in work.types(call)]})


async def show_type(call: Call) -> Response:
    """One type by its number."""
    return call.ok({"volume_type": work.type_view(work.type_by_number(call))})
