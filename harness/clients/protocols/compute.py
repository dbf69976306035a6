"""What compute can do.

One protocol in three parts: what everybody reads and makes (``Compute``), what is done to a server
(``ServerActions``), and what an administrator arranges (``ComputeAdministration``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from harness.clients.values import (
    Aggregate,
    ComputeHost,
    Extension,
    Flavor,
    HostCapacity,
    Image,
    Keypair,
    Limits,
    QuotaSet,
    Screen,
    Server,
    Usage,
)


class ServerActions(Protocol):
    """What is done to a server by its id.

    Each is only asked for: the server's states tell when it is done. Each raises ``NotFound`` for a server
    that is not there or not the caller's, ``Conflict`` or ``Invalid`` where its state does not allow it.
    """

    def update_server(self, server_id: str, *, name: str | None = None) -> Server:
        """Change what can be changed of a server at any time; raises ``Invalid``."""
        ...

    def reboot(self, server_id: str, hard: bool = False) -> None:
        """Start again: by the guest's own will, or by taking its power away."""
        ...

    def rebuild(
        self,
        server_id: str,
        *,
        image: str,
        name: str | None = None,
        password: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Server:
        """Put an image's content in place of the server's; addresses and id stay."""
        ...

    def resize(self, server_id: str, flavor: str) -> None:
        """Make it another flavor's size; it then waits for ``confirm_resize`` or ``revert_resize``."""
        ...

    def confirm_resize(self, server_id: str) -> None:
        """Keep the new size."""
        ...

    def revert_resize(self, server_id: str) -> None:
        """Go back to the size before."""
        ...

    def pause(self, server_id: str) -> None:
        """Stop its processors, keep its memory."""
        ...

    def unpause(self, server_id: str) -> None:
        """Let a paused server run on."""
        ...

    def suspend(self, server_id: str) -> None:
        """Store its memory on the disk."""
        ...

    def resume(self, server_id: str) -> None:
        """Let a suspended server run on."""
        ...

    def stop(self, server_id: str) -> None:
        """Switch it off."""
        ...

    def start(self, server_id: str) -> None:
        """Switch a stopped server on."""
        ...

    def rescue(self, server_id: str) -> str:
        """Boot it from a rescue image; gives that one's password."""
        ...

    def unrescue(self, server_id: str) -> None:
        """Boot it from its own disk again."""
        ...

    def change_password(self, server_id: str, password: str) -> None:
        """Change its administrator's password."""
        ...

    def create_image(
        self, server_id: str, name: str | None = None, *, metadata: Mapping[str, str] | None = None
    ) -> str:
        """Ask for an image of its disk; gives the image's id."""
        ...

    def console(self, server_id: str, lines: int | None = None) -> str:
        """What the server printed on its console: the last ``lines``, or all that compute keeps."""
        ...

    def vnc_console(self, server_id: str) -> str:
        """The URL at which a browser sees its screen; good for a while and for one server. Holds a secret."""
        ...

    def open_screen(self, url: str) -> Screen:
        """Open a ``vnc_console`` as a browser does; raises ``Unreachable`` or ``ServerFault``."""
        ...

    def server_metadata(self, server_id: str) -> dict[str, str]:
        """All metadata of a server."""
        ...

    def server_metadata_item(self, server_id: str, key: str) -> str:
        """One value; raises ``NotFound``."""
        ...

    def set_server_metadata(self, server_id: str, values: Mapping[str, str]) -> dict[str, str]:
        """Add to the metadata; raises ``OverQuota``. Gives all of them."""
        ...

    def replace_server_metadata(self, server_id: str, values: Mapping[str, str]) -> dict[str, str]:
        """Put these in place of all others; raises ``OverQuota``."""
        ...

    def delete_server_metadata(self, server_id: str, key: str) -> None:
        """Remove one value; raises ``NotFound``."""
        ...

    def lock(self, server_id: str) -> None:
        """Keep everybody but administrators from changing it (administrators)."""
        ...

    def unlock(self, server_id: str) -> None:
        """Undo ``lock`` (administrators)."""
        ...

    def migrate(self, server_id: str) -> None:
        """Move it to another host by way of its disk; ends as a resize does (administrators)."""
        ...

    def live_migrate(self, server_id: str, host: str) -> None:
        """Move it to ``host`` while it runs (administrators); raises ``Invalid`` where that cannot be."""
        ...

    def diagnostics(self, server_id: str) -> str:
        """What the hypervisor counts for it, in whichever form (administrators)."""
        ...


class ComputeAdministration(Protocol):
    """What an administrator sees and arranges; everybody else is ``Refused``."""

    def hosts(self) -> list[ComputeHost]:
        """Hosts and their services."""
        ...

    def host(self, name: str) -> HostCapacity:
        """What a compute host has and what of it is used; raises ``NotFound``."""
        ...

    def set_quotas(self, tenant_id: str, **values: int) -> QuotaSet:
        """Change a tenant's quotas, by the service's own names."""
        ...

    def aggregates(self) -> list[Aggregate]:
        """Every aggregate of hosts."""
        ...

    def aggregate(self, aggregate_id: str) -> Aggregate:
        """One aggregate; raises ``NotFound``."""
        ...

    def create_aggregate(self, name: str | None = None, *, zone: str) -> Aggregate:
        """Make an aggregate without hosts; raises ``Conflict`` for a name that is taken."""
        ...

    def add_host(self, aggregate_id: str, host: str) -> Aggregate:
        """Put a host in; raises ``NotFound`` or ``Conflict``."""
        ...

    def remove_host(self, aggregate_id: str, host: str) -> Aggregate:
        """Take a host out; raises ``NotFound``."""
        ...

    def set_aggregate_metadata(self, aggregate_id: str, values: Mapping[str, str | None]) -> Aggregate:
        """Add metadata, or remove those whose value is None."""
        ...

    def delete_aggregate(self, aggregate_id: str) -> None:
        """Remove an aggregate, which must have no hosts."""
        ...


class Compute(ServerActions, ComputeAdministration, Protocol):
    """Servers and what they are made of."""

    quirks: frozenset[str]

    def flavors(self) -> list[Flavor]:
        """Every flavor, with all its sizes."""
        ...

    def flavor(self, flavor_id: str) -> Flavor:
        """One flavor; raises ``NotFound``."""
        ...

    def extensions(self) -> list[Extension]:
        """Every extension of the API."""
        ...

    def limits(self) -> Limits:
        """The caller's limits."""
        ...

    def quotas(self, tenant_id: str | None = None) -> QuotaSet:
        """The quotas of a tenant (the session's own by default)."""
        ...

    def default_quotas(self) -> QuotaSet:
        """The quotas that a tenant has when nobody set any."""
        ...

    def usage(self, tenant_id: str | None = None) -> Usage:
        """What a tenant (the session's own by default) used in the last day, server by server."""
        ...

    def images(self) -> list[Image]:
        """The images that compute shows to this tenant."""
        ...

    def keypairs(self) -> list[Keypair]:
        """The user's keypairs."""
        ...

    def create_keypair(self, name: str | None = None, public_key: str | None = None) -> Keypair:
        """Make a keypair, or bring in a public key; raises ``Conflict``, ``Invalid``."""
        ...

    def delete_keypair(self, name: str) -> None:
        """Remove a keypair; raises ``NotFound``."""
        ...

    def create_server(
        self,
        name: str | None = None,
        *,
        image: str,
        flavor: str,
        key: str | None = None,
        groups: Sequence[str] = (),
        metadata: Mapping[str, str] | None = None,
        user_data: bytes | None = None,
        files: Mapping[str, bytes] | None = None,
        zone: str | None = None,
        networks: Sequence[str] = (),
        config_drive: bool = False,
        block_devices: Mapping[str, str] | None = None,
        password: str | None = None,
        count: int = 1,
    ) -> Server:
        """Ask for a server, or for ``count`` of one name; the answer names the first. It is not built yet.

        ``image`` and ``flavor`` are ids, ``key`` and ``groups`` names, ``networks`` ids; ``files`` are
        contents by path in the guest, ``zone`` may be ``nova:HOST`` for administrators, ``block_devices``
        volumes by device (``{"vda": "<volume id>:::0"}``). Raises ``Invalid``, ``OverQuota``.
        """
        ...

    def servers(
        self,
        detail: bool = True,
        all_tenants: bool = False,
        *,
        name: str | None = None,
        status: str | None = None,
        flavor: str | None = None,
        image: str | None = None,
        host: str | None = None,
        changes_since: str | None = None,
        page: int | None = None,
    ) -> list[Server]:
        """The tenant's servers, or every tenant's (administrators), all pages of them.

        The filters keep what is so; ``name`` may be a regular expression; ``changes_since`` is a time as the
        service tells it, and deleted servers are listed too. ``page`` is how many are asked for at once.
        """
        ...

    def server(self, server_id: str) -> Server:
        """One server; raises ``NotFound``."""
        ...

    def delete_server(self, server_id: str) -> None:
        """Ask for the end of a server; it is gone when ``server`` raises ``NotFound``."""
        ...
