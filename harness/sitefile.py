"""The keys of a site file, and how one is read: as hostile as any file, each problem with its line."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from harness.arch.source import MAX_BYTES, Entry, Place, read_text
from harness.errors import Problem, UsageError
from harness.hostlist import is_host

Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f]+$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ssh(_Part):
    """How to get into a node. Keys come from ``key_file``, the agent or ``~/.ssh``; no password here.

    ``become_password`` is where sudo's comes from; ``legacy`` allows the algorithms that hosts of 2012 speak.
    """

    user: Word | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    via: Word | None = None
    become: Literal["sudo"] | None = None
    become_password: Literal["environment", "keyring", "prompt"] | None = None
    key_file: Path | None = None
    known_hosts: Path | None = None
    accept_new: bool = False
    legacy: bool = False


class Api(_Part):
    """How the endpoints are reached: ``direct``, ``ssh`` (through the jump host of ``ssh.via``), or through
    the node of this name.
    """

    via: Name = "direct"


class Guests(_Part):
    """How guests are reached: at floating addresses, through a node, by their console alone, or not."""

    via: Literal["floating", "jump", "console", "none"] = "none"


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _endpoint(text: str) -> bool:
    """``host`` or ``host:port``."""
    host, colon, port = text.rpartition(":")
    return is_host(host if colon else text) and (not colon or (port.isdigit() and 0 < int(port[:6]) < 65536))


def _networks(value: dict[str, str]) -> dict[str, str]:
    """What may stand under ``network``: ranges of addresses, and what lies outside of the cloud."""
    for key, text in value.items():
        if key in ("outside", "outside_name"):
            if not _endpoint(text):
                raise ValueError(f"{key}: expected a host or host:port, found {text!r}"[:200])
        elif key == "fixed" or key.removeprefix("floating.") not in ("", key):
            if not _is_network(text):
                raise ValueError(f"{key}: expected a range such as 10.0.0.0/22, found {text!r}"[:200])
        else:
            raise ValueError(
                f"{key}: no such key; known are fixed, floating.POOL, outside, outside_name"[:200]
            )
    return value


class Rings(_Part):
    """Where the nodes keep their ring files and builders, and where storage nodes mount their devices."""

    path: Word = "/etc/swift"
    builders: Word = "/etc/swift"
    devices: Word = "/srv/node"


def _has_end(value: Any) -> Any:
    if isinstance(value, Mapping) and "until" not in value:
        raise ValueError("an open-ended grant is refused: say until when")
    return value


Disturbed = Literal["object-server"]
"""The services that stories stop, in the words of ``swift-init``."""


class Disruptive(_Part):
    """What may be disturbed, and until when: these nodes, where ``services`` stand those of them alone."""

    until: AwareDatetime
    nodes: Annotated[tuple[str, ...], Field(min_length=1)]
    services: tuple[Disturbed, ...] = ()


class AbsentPart(_Part):
    """Why a described node is not there yet, and until when; a date or a time, UTC unless it says."""

    reason: Word
    until: Word


def _absent_has_end(value: Any) -> Any:
    for name, each in value.items() if isinstance(value, Mapping) else ():
        if isinstance(each, Mapping) and "until" not in each:
            raise ValueError(f"{name}: an open-ended absence is refused: say until when")
    return value


class LabPart(_Part):
    """Written by the lab into its own site: where its control address is."""

    control: str
    doubles: tuple[str, ...] = ()


AREAS = (
    "default",
    "region",
    "nodes",
    "hosts",
    "identity",
    "catalogue",
    "compute",
    "images",
    "network",
    "volumes",
    "objects",
    "rings",
    "guests",
    "database",
    "bus",
    "packages",
    "config",
    "objectives",
    "preflight",
    "cleanup",
)
"""What can have an owner: areas of a description and of scenarios, and whatever has no other."""


def _areas(value: dict[str, str]) -> dict[str, str]:
    for name in value:
        if name not in AREAS:
            near = get_close_matches(name, AREAS, 1)
            raise ValueError(
                f"{name}: no such area; {f'did you mean {near[0]!r}?' if near else ', '.join(AREAS)}"[:300]
            )
    return value


class SiteFile(_Part):
    """The keys of a site file."""

    name: Name
    architecture: Word
    cloud: Word | None = None
    other_cloud: Word | None = None
    clouds_file: Path | None = None
    hosts: dict[str, Any] = {}
    ssh: Ssh = Ssh()
    api: Api = Api()
    guests: Guests = Guests()
    network: Annotated[dict[str, str], AfterValidator(_networks)] = {}
    rings: Rings = Rings()
    waivers: Path | None = None
    absent: Annotated[dict[str, AbsentPart], BeforeValidator(_absent_has_end)] = {}
    disruptive: Annotated[Disruptive | None, BeforeValidator(_has_end)] = None
    owners: Annotated[dict[str, Word], AfterValidator(_areas)] = {}
    accounts: Literal["own", "site"] = "own"
    lab: LabPart | None = None


@dataclass(frozen=True)
class Written:
    """A site file as far as it could be read: the place of each key, and ``parts``, which is without those
    of its keys that ``problems`` are about.
    """

    path: Path
    entry: Entry
    parts: SiteFile
    problems: tuple[Problem, ...]

    def where(self, *keys: str) -> str:
        """File and line of a key, or of the nearest one above it that was written."""
        return str([*self.entry.along(keys)][-1].place)

    def text(self, key: str) -> str | None:
        """A text of the first level, whether or not the rest is valid."""
        entry = self.entry.items.get(key)
        return entry.value if entry and isinstance(entry.value, str) else None


def read(path: Path) -> Written:
    """Read a site file; raises ``UsageError`` where it is none at all, and gathers what is wrong in one."""
    entry, problems = read_text(_text(path), str(path))
    if entry is None or not isinstance(entry.value, Mapping):
        bare = Problem(f"{path}:1", "not a site file", expected="a mapping of keys", hint=_INIT)
        raise UsageError(*(problems if entry is None else (*problems, bare)))
    if "deployday" in entry.items:
        raise UsageError(
            Problem(
                str(entry.items["deployday"].place),
                "this is an architecture, not a site",
                hint="add --cloud NAME or --lab, or write a site with `deployday site init`",
            )
        )
    keys = entry.plain()
    wrong = _wrong(keys)
    problems += [_problem(entry, row) for row in wrong]
    gone = {row["loc"][0] for row in wrong}
    kept = {key: value for key, value in keys.items() if key not in gone}
    parts = SiteFile.model_validate({"name": "?", "architecture": "?", **kept})
    return Written(path, entry, parts, tuple(problems))


def _wrong(keys: Mapping[str, Any]) -> Sequence[Any]:
    try:
        SiteFile.model_validate(keys)
    except ValidationError as error:
        return error.errors()
    return ()


def is_architecture(path: Path) -> bool:
    """Whether a file is an architecture by its first key, ``deployday``; it need not be a valid one."""
    if not path.is_file():
        return False
    entry, _ = read_text(_text(path), str(path))
    return entry is not None and "deployday" in entry.items


_INIT = "`deployday site init ARCH` writes one"


def _text(path: Path) -> str:
    if not path.is_file():
        message = "a folder, not a site file" if path.is_dir() else "there is no such site file"
        hint = f"{_INIT}; an architecture needs --cloud NAME or --lab"
        raise UsageError(Problem(str(path), message, hint=hint))
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode("utf-8")
    except OSError as error:
        raise UsageError(Problem(str(path), f"cannot be read: {error.strerror}")) from None
    except UnicodeDecodeError as error:
        if len(data) <= MAX_BYTES:
            raise UsageError(Problem(str(path), f"not UTF-8: {error}")) from None
        text = data.decode("utf-8", "replace")
    if not text.strip():
        raise UsageError(Problem(f"{path}:1", "the file is empty", expected="a site file", hint=_INIT))
    return text


_WORDS = {
    "extra_forbidden": "no such key",
    "missing": "is missing",
    "dict_type": "expected a mapping",
    "model_type": "expected a mapping",
    "string_type": "expected a text",
    "tuple_type": "expected a list",
    "string_too_short": "is empty",
    "string_pattern_mismatch": "holds a control character",
}


def _problem(entry: Entry, row: Any) -> Problem:
    keys = tuple(str(part) for part in row["loc"])
    places = [each.place for each in entry.along(keys)]
    kind = row["type"]
    message = _WORDS.get(kind, row["msg"].removeprefix("Value error, "))
    found = "" if kind in ("extra_forbidden", "missing") or row["input"] is None else repr(row["input"])[:80]
    if row["input"] is None:
        message = "is empty: fill it in, or leave it out"
    return Problem(
        where=str(places[-1] if len(places) > 1 else Place(entry.place.file, 1)),
        path=".".join(keys),
        message=message,
        found=found,
        hint=_meant(keys) if kind == "extra_forbidden" else "",
    )


def _meant(keys: tuple[str, ...]) -> str:
    """The nearest key that exists beside an unknown one."""
    part: type[BaseModel] = SiteFile if len(keys) == 1 else _PARTS[keys[0]]
    near = get_close_matches(keys[-1], part.model_fields, 1)
    return f"did you mean {near[0]!r}?" if near else ""


_PARTS: dict[str, type[BaseModel]] = {
    "ssh": Ssh,
    "api": Api,
    "guests": Guests,
    "rings": Rings,
    "disruptive": Disruptive,
    "lab": LabPart,
    "absent": AbsentPart,
}
