"""What every service has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Version(NamedTuple):
    """One API version of a root document: its id (``v2.0``) and status (``CURRENT``, ``beta``…)."""

    id: str
    status: str


@dataclass(frozen=True)
class Extension:
    """One API extension; ``updated`` is the service's text, to be compared as it is."""

    alias: str
    name: str
    updated: str = ""
    namespace: str = ""
    description: str = ""
