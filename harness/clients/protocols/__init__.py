"""What each service can do, in the stories' words; a dialect's file says how a release does it.

Every method raises a ``ServiceError`` of ``harness.clients.errors`` when the service refuses. Methods that
create take ``name=None`` for a fresh name of this run; they write to the ledger before the request is sent.
``quirks`` names what a release does differently from what one would expect, for stories that must know.
"""

from __future__ import annotations

from harness.clients.protocols.compute import Compute
from harness.clients.protocols.identity import Identity
from harness.clients.protocols.images import Images
from harness.clients.protocols.network import Network
from harness.clients.protocols.objects import Objects
from harness.clients.protocols.volumes import Volumes

__all__ = ["Compute", "Identity", "Images", "Network", "Objects", "Volumes"]
