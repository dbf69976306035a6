"""What a client must know of an account; accounts themselves are made and leased elsewhere."""

from __future__ import annotations

from typing import Protocol


class Account(Protocol):
    """A user of one tenant, and where it logs in. ``tenant_id`` is "" until a token has told it."""

    @property
    def auth_url(self) -> str:
        """Where tokens are given, with the version (``http://controller:5000/v2.0``)."""
        ...

    @property
    def username(self) -> str:
        """The user's name."""
        ...

    @property
    def password(self) -> str:
        """The user's password."""
        ...

    @property
    def tenant_name(self) -> str:
        """The tenant's name."""
        ...

    @property
    def tenant_id(self) -> str:
        """The tenant's id, where it is known."""
        ...

    @property
    def region(self) -> str:
        """The region whose endpoints are used; "" for the first one."""
        ...
