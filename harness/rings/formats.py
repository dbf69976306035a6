"""The three formats of ring files, as arrays over the unpacked bytes: no replica is copied."""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.rings.errors import RingError
from harness.rings.gzipped import unpacked
from harness.rings.model import Ring
from harness.rings.parts import UNREADABLE, checked_rows, devices, within
from harness.rings.unpickle import unpickle

if TYPE_CHECKING:
    from harness.rings.model import Row

_MAGIC = b"R1NG"
_WIDTHS = {1: "u1", 2: "u2", 4: "u4"}
_CHECKSUMS = ("md5", "sha1", "sha256", "sha512")
_LARGEST_HEAD = 64 * 1024 * 1024


def ring(data: bytes) -> Ring:
    """A ring from the content of its file; raises ``RingError``."""
    raw = unpacked(data)
    try:
        if raw[:4] != _MAGIC:
            return _pickled(raw)
        version = struct.unpack_from("!H", raw, 4)[0]
        if version not in (1, 2):
            raise RingError(f"R1NG version {version}; versions 1 and 2 can be read")
        return _version_1(raw) if version == 1 else _version_2(raw)
    except RingError:
        raise
    except KeyError as error:
        raise RingError(f"not a ring: {error} is missing") from None
    except (struct.error, *UNREADABLE) as error:
        raise RingError(f"not a ring: {type(error).__name__}: {error}") from None


def _pickled(raw: bytearray) -> Ring:
    content = unpickle(bytes(raw))
    raw.clear()
    if not isinstance(content, dict):
        raise RingError(f"a pickled ring is a dict, found a {type(content).__name__}")
    if "_part_shift" in content:  # the object that was pickled before Essex
        content = content | {name.lstrip("_"): value for name, value in content.items()}
    power = _power(content["part_shift"])
    table = pickled_rows("replica2part2dev_id", content["replica2part2dev_id"], power)
    return Ring(power, devices(content["devs"]), table, "pickle", len(content["devs"]))


def pickled_rows(name: str, rows: Any, power: int) -> tuple[Row, ...]:
    """Rows of a pickle, which are arrays; raises ``RingError``."""
    if not isinstance(rows, list) or not all(isinstance(row, np.ndarray) for row in rows):
        raise RingError(f"{name} is not a list of arrays")
    return checked_rows(power, rows)


def _version_1(raw: bytearray) -> Ring:
    length = struct.unpack_from("!I", raw, 6)[0]
    if 10 + length > len(raw):
        raise RingError(f"the head claims {length} bytes, {len(raw) - 10} are there")
    head = _json(raw, 10, 10 + length, "head")
    order = {"little": "<", "big": ">"}[head.get("byteorder", "little")]
    power = _power(head["part_shift"])
    replicas = within("replica_count", head["replica_count"], 0, 1 << 16)
    table = _rows(raw, 10 + length, len(raw), f"{order}u2", power)
    if len(table) != replicas:
        raise RingError(f"{replicas} rows of replicas were announced, {len(table)} are there")
    return _ring("R1NG 1", power, head, head["devs"], table)


def _version_2(raw: bytearray) -> Ring:
    start = struct.unpack_from("!Q", raw, len(raw) - 16)[0]
    index = _json(raw, *_blob(raw, start, len(raw) - 16), "index")
    head = _json(raw, *_section(raw, index, "swift/ring/metadata"), "metadata")
    listed = _parsed(raw, *_section(raw, index, "swift/ring/devices"), "devices")
    width = _WIDTHS.get(head["dev_id_bytes"])
    if width is None:
        raise RingError(f"device ids of {str(head['dev_id_bytes'])[:40]!r} bytes; 1, 2 or 4 can be read")
    power = _power(head["part_shift"])
    table = _rows(raw, *_section(raw, index, "swift/ring/assignments"), f">{width}", power)
    found = _ring("R1NG 2", power, head, listed, table)
    announced = head.get("replica_count", found.replicas)
    if not isinstance(announced, int | float) or abs(announced - found.replicas) > 1e-9:
        raise RingError(f"{str(announced)[:40]} replicas were announced, {found.replicas} are there")
    return found


def _power(shift: Any) -> int:
    return 32 - within("part_shift", shift, 0, 32)


def _section(raw: bytearray, index: Mapping[str, Any], name: str) -> tuple[int, int]:
    """From where to where a section's content stands; its checksum is right."""
    if name not in index:
        raise RingError(f"there is no section {name}")
    _, start, _, end, method, digest = index[name]
    if type(start) is not int or type(end) is not int:
        raise RingError(f"section {name} has no place")
    place = _blob(raw, start, end)
    if method not in _CHECKSUMS:
        raise RingError(f"section {name}: checksum {str(method)[:40]!r} is not known")
    with memoryview(raw) as view:
        found = hashlib.new(method, view[start:end], usedforsecurity=False).hexdigest()
    if not hmac.compare_digest(found.encode(), str(digest).encode()):
        raise RingError(f"section {name} is damaged: its {method} is {found}, expected {str(digest)[:128]}")
    return place


def _blob(raw: bytearray, start: int, end: int) -> tuple[int, int]:
    """The content behind a length, between two offsets."""
    if not 6 <= start <= end - 8 <= len(raw):
        raise RingError(f"a section from byte {start} to {end} of {len(raw)}")
    length = struct.unpack_from("!Q", raw, start)[0]
    if start + 8 + length > min(end, len(raw)):
        raise RingError(f"the section at byte {start} claims {length} bytes")
    return start + 8, start + 8 + length


def _json(raw: bytearray, start: int, end: int, name: str) -> Mapping[str, Any]:
    content = _parsed(raw, start, end, name)
    if not isinstance(content, dict):
        raise RingError(f"the {name} is no JSON object")
    return content


def _parsed(raw: bytearray, start: int, end: int, name: str) -> Any:
    if end - start > _LARGEST_HEAD:
        raise RingError(f"the {name} is {end - start} bytes; at most {_LARGEST_HEAD} are read")
    try:
        return json.loads(raw[start:end])
    except (ValueError, RecursionError) as error:
        raise RingError(f"the {name} at byte {start} is no JSON: {str(error)[:200]}") from None


def _rows(raw: bytearray, start: int, end: int, kind: str, power: int) -> list[Row]:
    """Rows of one replica each, over the bytes themselves; the last may be short."""
    width, length = np.dtype(kind).itemsize, end - start
    if length % width:
        raise RingError(f"{length} bytes of device ids, {width} bytes each: the table is torn")
    if start % width:  # numpy is slow on odd addresses; what stood before the table has been read
        with memoryview(raw) as view:
            view[:length] = view[start:end]
        start = 0
    flat = np.frombuffer(raw, dtype=kind, offset=start, count=length // width)
    if not flat.dtype.isnative:
        flat = flat.byteswap(inplace=True).view(flat.dtype.newbyteorder())
    return [flat[at : at + (1 << power)] for at in range(0, len(flat), 1 << power)]


def _ring(format: str, power: int, head: Mapping[str, Any], listed: Any, table: list[Row]) -> Ring:
    version, following = head.get("version"), head.get("next_part_power")
    return Ring(
        power,
        devices(listed),
        checked_rows(power, table),
        format,
        len(listed),
        None if version is None else within("version", version, 0, 1 << 62),
        None if following is None else within("next_part_power", following, 0, 32),
    )
