"""What a run found that no clause speaks of: names of collections, and what hosts run."""

from __future__ import annotations

from pydantic import Field

from reports.model.base import Model


class Discovered(Model):
    """Things of the cloud as they were found, described or not."""

    names: dict[str, list[str]] = Field(
        default={}, description="By collection (compute.extensions), the names that were seen."
    )
    systems: dict[str, str] = Field(default={}, description="Node → operating system, kernel and hardware.")
    packages: dict[str, dict[str, str]] = Field(
        default={}, description="Package → version → the nodes that have it, in few words."
    )
