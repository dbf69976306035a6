"""Write a ring's picture into the record, so that the report can draw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from harness.clients.trail import Trail

if TYPE_CHECKING:
    from harness.rings import Audit

_MOST = 40


def write_picture(
    trail: Trail,
    ring: str,
    audit: Audit,
    *,
    holders: Sequence[str],
    others: Mapping[str, str],
    unread: Mapping[str, str],
) -> str:
    """Write a row of the kind ``ring`` and give its id.

    ``holders`` are the nodes that have the ring which was audited, ``others`` those with another one → in
    what way it is another, ``unread`` those whose copy nobody could read → why.
    """
    from harness.rings.picture import picture, short

    counts = {"holders": len(holders), "others": len(others), "unread": len(unread)}
    return trail.write(
        "ring",
        ring=ring,
        picture=picture(audit),
        nodes=counts,
        holders=[short(node) for node in holders[:_MOST]],
        others=_bounded(others),
        unread=_bounded(unread),
    )


def _bounded(reasons: Mapping[str, str]) -> dict[str, str]:
    from harness.rings.picture import short

    return {short(node): short(why, 200) for node, why in list(reasons.items())[:_MOST]}
