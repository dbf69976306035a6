"""Pictures of rings. Names in them come from ring files, which a host may have written as it likes."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from reports.model.base import Model

Name = Annotated[str, Field(max_length=400)]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Percent = Annotated[float, Field(allow_inf_nan=False)]
Cells = Annotated[list[Count], Field(max_length=64)]


class Strip(Model):
    """One row of the map: a device, server, zone or region, and what it holds of each range of partitions."""

    label: Name
    group: Name
    held: Count
    least: Share = Field(description="What it is entitled to, in replicas of partitions: at least …")
    most: Share = Field(description="… and at most.")
    cells: Cells


class Together(Model):
    """Replicas that share a region, zone, server or device with more of their partition than need be."""

    level: Literal["region", "zone", "server", "device"]
    excess: Count
    forced: Count = Field(description="Of these, forced by weights, overload or too few devices.")
    avoidable: Count
    needless: Count = Field(description="Of the avoidable, those that no rounding of a plan explains.")
    cells: Cells
    beyond: Cells = Field(description="By range, those beyond both an even spread and the entitlement.")


class Map(Model):
    """Rows by ranges of partitions; all cells together are the assigned replicas, ``spots`` apart."""

    level: Literal["region", "zone", "server", "device"]
    columns: Annotated[Cells, Field(min_length=1)] = Field(description="Replicas assigned in each range.")
    width: Annotated[int, Field(ge=1)] = Field(description="Partitions of a range.")
    even: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        description="By so many percent a cell may be off by chance."
    )
    rows: list[Strip] = Field(max_length=64)
    spots: list[Strip] = Field(max_length=16, description="The devices furthest off, inside of rows.")
    together: list[Together] = Field(max_length=4)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        lines = [row.cells for row in (*self.rows, *self.spots)]
        lines += [line for one in self.together for line in (one.cells, one.beyond)]
        if any(len(line) != len(self.columns) for line in lines):
            raise ValueError("rows of different lengths")
        return self


class Zone(Model):
    """A zone's share of all replicas against its share of all weight, both in percent."""

    label: Name
    devices: Count
    held: Count
    share: Share
    weight: Share
    off: Percent = Field(description="By so many percent it is off its weight.")
    worst: Name = Field(description="The device of it that is furthest off its weight …")
    worst_off: Percent = Field(description="… and by how many percent.")


class Said(Model):
    """A finding of the audit."""

    severity: Literal["error", "warning", "info"]
    sentence: Name


class Picture(Model):
    """One ring as it is drawn."""

    part_power: Count
    replicas: Share
    regions: Count
    zones: Count
    servers: Count
    devices: Count
    assigned: Count
    balance: Percent
    dispersion: Percent
    zone_shares: list[Zone] = Field(max_length=64)
    zones_left_out: Count
    map: Map | None = Field(description="Null where nothing is assigned.")
    errors: Count
    warnings: Count
    findings: list[Said] = Field(max_length=16)


class Ring(Model):
    """A ring of the cloud: what most nodes have, and who has another one or could not be read."""

    name: Name
    scenario: str
    picture: Picture | None
    why: str = Field(default="", description="Why there is no picture.")
    holders: list[Name] = Field(default=[], max_length=64)
    others: dict[Name, Name] = Field(default={}, max_length=64)
    unread: dict[Name, Name] = Field(default={}, max_length=64)
    nodes: dict[str, Count] = Field(
        default={}, max_length=8, description="How many holders, others, unread there are in all."
    )
