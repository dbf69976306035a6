"""The site: the one file that binds a reference architecture to one real cloud. It holds no secret."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from harness.arch import Architecture, load
from harness.credentials import Credentials, read_credentials
from harness.errors import Problem, UsageError
from harness.hostlist import Host, read_hosts

_LIMIT = 1024 * 1024


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ssh(_Part):
    """How to get into a node. Keys come from ``key_file``, the agent or ``~/.ssh``; no password here."""

    user: str | None = None
    port: int | None = None
    via: str | None = None
    become: Literal["sudo"] | None = None
    key_file: Path | None = None
    known_hosts: Path | None = None
    accept_new: bool = False


class Api(_Part):
    """How the endpoints are reached: directly."""

    via: Literal["direct", "ssh"] = "direct"


class Guests(_Part):
    """How guests are reached."""

    via: Literal["floating", "jump", "console", "none"] = "none"


class Rings(_Part):
    """Where the nodes keep their ring files and builders."""

    path: str = "/etc/swift"
    builders: str = "/etc/swift"


def _has_end(value: Any) -> Any:
    if isinstance(value, Mapping) and "until" not in value:
        raise ValueError("an open-ended grant is refused: say until when")
    return value


class Disruptive(_Part):
    """What may be disturbed, and until when."""

    until: AwareDatetime
    nodes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


class LabPart(_Part):
    """Written by the lab into its own site: where its control address is."""

    control: str
    doubles: tuple[str, ...] = ()


class SiteFile(_Part):
    """The keys of a site file."""

    name: str
    architecture: str
    cloud: str | None = None
    other_cloud: str | None = None
    clouds_file: Path | None = None
    hosts: dict[str, Any] = {}
    ssh: Ssh = Ssh()
    api: Api = Api()
    guests: Guests = Guests()
    network: dict[str, str] = {}
    rings: Rings = Rings()
    waivers: Path | None = None
    disruptive: Annotated[Disruptive | None, BeforeValidator(_has_end)] = None
    owners: dict[str, str] = {}
    accounts: Literal["own", "site"] = "own"
    lab: LabPart | None = None


@dataclass(frozen=True)
class Site:
    """One cloud to be driven: what was described, where it is and how to get in."""

    name: str
    arch: Architecture
    path: Path | None
    file: SiteFile
    hosts: Mapping[str, Host] = field(default_factory=dict)

    @cached_property
    def _credentials(self) -> Credentials:
        return read_credentials(self.file.cloud, self.file.clouds_file)

    def credentials(self) -> Credentials:
        """The account that the site names; raises ``UsageError`` where it cannot be read."""
        return self._credentials

    def other_credentials(self) -> Credentials | None:
        """A second account in another tenant, for sites without an administrator."""
        name = self.file.other_cloud
        return read_credentials(name, self.file.clouds_file) if name else None

    def node_of(self, address: str) -> str | None:
        """The described node that an address or host name belongs to, or None where no host has it."""
        return next((name for name, host in self.hosts.items() if host.has(address)), None)

    def granted(self, now: datetime) -> bool:
        """Whether disruptive scenarios may run now."""
        return self.file.disruptive is not None and now < self.file.disruptive.until

    def to_json(self) -> dict[str, Any]:
        """What a run stores of its site: everything, for there is no secret in it."""
        return {
            "name": self.name,
            "path": str(self.path) if self.path else None,
            "cloud": self.file.cloud,
            "hosts": {name: host.address for name, host in self.hosts.items()},
            "owners": self.file.owners,
            "lab": self.file.lab.model_dump(mode="json") if self.file.lab else None,
        }


def load_site(
    ref: str | Path, *, cloud: str | None = None, overlays: Sequence[Path] = (), sets: Sequence[str] = ()
) -> Site:
    """Read a site file; with ``cloud`` given, ``ref`` is an architecture and that cloud is the whole site.

    Raises ``UsageError`` with all problems of the site and of its architecture.
    """
    if cloud is not None:
        arch = load(str(ref), overlays=list(overlays), sets=list(sets))
        parts = SiteFile(name=cloud, architecture=str(ref), cloud=cloud)
        return Site(name=cloud, arch=arch, path=None, file=parts)
    path = Path(ref)
    parts, lines = _read(path)
    base = path.parent
    arch = load(_architecture(parts.architecture, base), overlays=list(overlays), sets=list(sets))
    parts = _anchored(parts, base)
    site = Site(
        name=parts.name, arch=arch, path=path.resolve(), file=parts, hosts=_hosts(path, parts, lines, base)
    )
    _check_nodes(site, path, lines)
    return site


def _read(path: Path) -> tuple[SiteFile, Mapping[str, int]]:
    if not path.is_file():
        raise UsageError(
            Problem(
                where=str(path),
                message="there is no such site file",
                hint="`deployday site init ARCH` writes one; an architecture needs --cloud NAME or --lab",
            )
        )
    if path.stat().st_size > _LIMIT:
        raise UsageError(Problem(where=str(path), message="larger than 1 MiB: not a site file"))
    try:
        data = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise UsageError(Problem(where=f"{path}:{line}", message=f"not YAML: {error.problem}")) from None
    except UnicodeDecodeError as error:
        raise UsageError(Problem(where=str(path), message=f"not UTF-8: {error}")) from None
    if not isinstance(data, dict):
        raise UsageError(Problem(where=f"{path}:1", message="not a site file", expected="a mapping of keys"))
    lines = {str(key): data.lc.key(key)[0] + 1 for key in data}  # type: ignore[attr-defined]
    try:
        return SiteFile.model_validate(_plain(data)), lines
    except ValidationError as error:
        raise UsageError(*(_problem(path, lines, row) for row in error.errors())) from None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _problem(path: Path, lines: Mapping[str, int], row: Any) -> Problem:
    from difflib import get_close_matches

    place = ".".join(str(part) for part in row["loc"])
    first = str(row["loc"][0]) if row["loc"] else ""
    unknown = row["type"] == "extra_forbidden"
    near = get_close_matches(str(row["loc"][-1]), SiteFile.model_fields, 1) if unknown else []
    return Problem(
        where=f"{path}:{lines.get(first, 1)}",
        path=place,
        message="no such key" if unknown else row["msg"],
        found="" if unknown or row["type"] == "missing" else repr(row["input"])[:80],
        hint=f"did you mean {near[0]!r}?" if near else "",
    )


def _architecture(ref: str, base: Path) -> str:
    beside = base / ref
    return str(beside) if beside.is_file() else ref


def _anchored(parts: SiteFile, base: Path) -> SiteFile:
    """Paths of a site file count from the folder that it stands in."""

    def anchor(path: Path | None) -> Path | None:
        return None if path is None else (base / path.expanduser()).resolve()

    ssh = parts.ssh.model_copy(
        update={"key_file": anchor(parts.ssh.key_file), "known_hosts": anchor(parts.ssh.known_hosts)}
    )
    return parts.model_copy(
        update={"ssh": ssh, "clouds_file": anchor(parts.clouds_file), "waivers": anchor(parts.waivers)}
    )


def _hosts(path: Path, parts: SiteFile, lines: Mapping[str, int], base: Path) -> dict[str, Host]:
    written = dict(parts.hosts)
    source = written.pop("from", None)
    hosts = read_hosts(base / str(source)) if source else {}
    problems = []
    for name, value in written.items():
        try:
            hosts[name] = _host(value, parts.ssh.port or 22)
        except (TypeError, ValueError) as error:
            problems.append(
                Problem(where=f"{path}:{lines.get('hosts', 1)}", path=f"hosts.{name}", message=str(error))
            )
    if problems:
        raise UsageError(*problems)
    return hosts


def _host(value: Any, port: int) -> Host:
    if isinstance(value, str):
        match = re.fullmatch(r"\[?([^\]\s]+?)\]?(?::(\d+))?", value) if value.count(":") < 2 else None
        return Host(match[1], int(match[2] or port)) if match else Host(value, port)
    if not isinstance(value, Mapping):
        raise TypeError("expected an address or {address, port, rack, also}")
    extra = set(value) - {"address", "port", "rack", "also"}
    if extra or not isinstance(value.get("address"), str):
        raise ValueError(f"expected {{address, port, rack, also}}, found {', '.join(map(str, value))}")
    return Host(
        value["address"],
        int(value.get("port", port)),
        str(value.get("rack", "")),
        tuple(value.get("also", ())),
    )


def _check_nodes(site: Site, path: Path, lines: Mapping[str, int]) -> None:
    """Hosts for nodes which nobody described have no effect: an error, with the nearest name."""
    from difflib import get_close_matches

    described = list(site.arch.model.nodes)
    strangers = [name for name in site.file.hosts if name not in described and name != "from"]
    problems = [
        Problem(
            where=f"{path}:{lines.get('hosts', 1)}",
            path=f"hosts.{name}",
            message=f"{site.arch.name} describes no node of this name",
            hint=f"did you mean {near[0]!r}?" if (near := get_close_matches(name, described, 1)) else "",
        )
        for name in strangers
    ]
    if problems:
        raise UsageError(*problems)
