"""The embedded lab: a whole Essex cloud on loopback addresses, for demos and for the harness's own tests.

It imports nothing of the harness but ``arch`` and ``errors``, so that one misreading of an API cannot
hide on both sides. What the cloud *is* (names, flavors, images, ports, quotas) comes from a reference
architecture; how it *speaks* comes from recordings of a real Essex cloud, held to by the conformance
replay.

``world`` is the state in memory, ``http`` what the services share on the wire, one folder a service,
``faults`` the named ways to be broken, ``apps`` joins them into one ASGI app a component.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.lab.launch import LabInfo as LabInfo
    from harness.lab.launch import LabStatus as LabStatus
    from harness.lab.launch import down as down
    from harness.lab.launch import status as status
    from harness.lab.launch import switch as switch
    from harness.lab.launch import up as up

_PUBLIC = ("LabInfo", "LabStatus", "down", "status", "switch", "up")


def __getattr__(name: str) -> Any:
    """The public names, imported when they are asked for: the lab's own processes need less than they do."""
    if name not in _PUBLIC:
        raise AttributeError(name)
    from harness.lab import launch

    return getattr(launch, name)
