"""What ring files and builder files have in common: devices, rows, and numbers within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.rings.errors import RingError
from harness.rings.model import Device

if TYPE_CHECKING:
    from harness.rings.model import Row

MOST_DEVICES = 1 << 20
UNREADABLE = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


def devices(rows: Any) -> tuple[Device, ...]:
    """The devices of a list with holes; each stands at the place of its id."""
    if not isinstance(rows, list):
        raise RingError(f"the devices are not a list but a {type(rows).__name__}")
    if len(rows) > MOST_DEVICES:
        raise RingError(f"{len(rows)} devices; at most {MOST_DEVICES} are read")
    return tuple(_placed(place, row) for place, row in enumerate(rows) if row is not None)


def _placed(place: int, row: Any) -> Device:
    if not isinstance(row, dict):
        raise RingError(f"device {place} is a {type(row).__name__}")
    try:
        return _device(place, row)
    except RingError as error:
        raise RingError(f"device {place}: {error}") from None
    except KeyError as error:
        raise RingError(f"device {place} has no {error}") from None
    except UNREADABLE as error:
        raise RingError(f"device {place}: {type(error).__name__}: {error}") from None


def _device(place: int, row: dict[str, Any]) -> Device:
    number = row.get("id", place)
    if number != place:
        raise RingError(f"it says that its id is {number!r}")
    return Device(
        id=place,
        region=within("region", row.get("region", 1), 0, 1 << 31),
        zone=within("zone", row["zone"], 0, 1 << 31),
        ip=_text("ip", row["ip"]),
        port=within("port", row["port"], 0, 65535),
        name=_text("device", row["device"]),
        weight=_weight(row["weight"]),
        meta=_text("meta", row.get("meta", "")),
    )


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise RingError(f"{name} is a {type(value).__name__}, expected text")
    return value


def _weight(value: Any) -> float:
    if type(value) not in (int, float):
        raise RingError(f"weight is {value!r}, expected a number")
    weight = float(value)
    if not 0 <= weight < 1e15:
        raise RingError(f"a weight of {weight}")
    return weight


def checked_rows(power: int, table: Sequence[Row]) -> tuple[Row, ...]:
    """Rows of one length; the last may be short. Raises ``RingError``."""
    for number, row in enumerate(table):
        last = number == len(table) - 1
        if len(row) != 1 << power and not (last and 0 < len(row) < 1 << power):
            raise RingError(f"replica {number} has {len(row)} partitions, expected {1 << power}")
    return tuple(table)


def within(name: str, value: Any, least: int, most: int) -> int:
    """A whole number between two bounds; raises ``RingError``."""
    shown = repr(value)[:40]
    if type(value) not in (int, float) or not least <= value <= most or value != int(value):
        raise RingError(f"{name} is {shown}, expected a number from {least} to {most}")
    return int(value)
