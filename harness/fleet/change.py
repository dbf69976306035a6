"""One thing of a host that is not as it was."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """``kind`` is the part of the facts, ``what`` the thing, as in ``package nova-common``.

    Texts come from hosts: escape them where they are shown.
    """

    kind: str
    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before} → {self.after}"
