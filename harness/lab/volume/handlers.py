"""What both APIs answer about volumes and snapshots: the same handlers, each API with its own views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from starlette.responses import Response

from harness.lab.compute.call import Call, bare
from harness.lab.compute.refusals import Refusal
from harness.lab.compute.resources import Resources
from harness.lab.volume import work
from harness.lab.volume.state import Snapshot, Volume, snapshots, volumes
from harness.lab.world import World

T = TypeVar("T")


@dataclass(frozen=True)
class Kind(Generic[T]):
    """A kind of thing: its name on the wire and what can be done with it.

    ``unsaid`` is what the answer to a create does not show yet.
    """

    name: str
    rows: Callable[[World, str | None], list[T]]
    find: Callable[[Call, Any], T]
    create: Callable[[Call], T]
    delete: Callable[[Call, T], None]
    unsaid: Mapping[str, Any] = field(default_factory=dict)


VOLUMES: Kind[Volume] = Kind(
    "volume", volumes, work.find_volume, work.create_volume, work.delete_volume, {"metadata": {}}
)
SNAPSHOTS: Kind[Snapshot] = Kind(
    "snapshot", snapshots, work.find_snapshot, work.create_snapshot, work.delete_snapshot
)


class Handlers(Generic[T]):
    """The handlers of one kind; ``view`` is a thing as the API shows it."""

    def __init__(self, kind: Kind[T], view: Callable[[T], dict[str, Any]]) -> None:
        self.kind = kind
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
        """Those of the tenant; both listings are alike."""
        rows = work.listed(call, self.kind.rows(call.world, call.tenant))
        return call.ok({f"{self.kind.name}s": [self.view(row) for row in rows]})

    async def show(self, call: Call) -> Response:
        """One of them."""
        return call.ok({self.kind.name: self.view(self.kind.find(call, call.parts["id"]))})

    async def create(self, call: Call) -> Response:
        """A new one."""
        if not call.body:
            raise Refusal(422)
        return call.ok({self.kind.name: {**self.view(self.kind.create(call)), **self.kind.unsaid}})

    async def delete(self, call: Call) -> Response:
        """One less."""
        self.kind.delete(call, self.kind.find(call, call.parts["id"]))
        return bare(202)


async def index_types(call: Call) -> Response:
    """The types of volumes."""
    return call.ok({"volume_types": [work.type_view(row) for row in work.types(call)]})


async def show_type(call: Call) -> Response:
    """One type by its number."""
    return call.ok({"volume_type": work.type_view(work.type_by_number(call))})
