"""The site: the one file that binds a reference architecture to one real cloud. It holds no secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.arch import Architecture, load
from harness.arch.shipped import shipped_names
from harness.credentials import Credentials, read_credentials
from harness.errors import Problem, UsageError
from harness.hostlist import Host, is_host, read_hosts
from harness.sitefile import SiteFile, Ssh, Written, read

__all__ = ["Site", "SiteFile", "Ssh", "load_site"]


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

    def may_disturb(self, node: str, service: str) -> bool:
        """Whether a service of a node is among what may be disturbed, while the grant holds."""
        grant = self.file.disruptive
        return grant is not None and node in grant.nodes and service in (grant.services or (service,))

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
    ref: str | Path,
    *,
    cloud: str | None = None,
    overlays: Sequence[Path] = (),
    sets: Sequence[str] = (),
    access: bool = False,
) -> Site:
    """Read a site file; with ``cloud`` given, ``ref`` is an architecture and that cloud is the whole site.

    With ``access`` the accounts that it names are read as well. Raises ``UsageError`` with all problems of
    the site, of its architecture and, where wanted, of its accounts.
    """
    if cloud is not None:
        return _of_cloud(str(ref), cloud, overlays, sets, access)
    written = read(_site_file(ref))
    problems = list(written.problems)
    arch = None
    described = written.text("architecture")
    if described:
        with _gathering(problems):
            arch = load(_architecture(described, written), overlays=list(overlays), sets=list(sets))
    parts = _anchored(written.parts, written.path.parent)
    hosts = _hosts(written, parts, problems)
    problems += _missing_files(written, parts)
    problems += _no_access(parts) if access else ()
    problems += _strangers(written, parts, hosts, arch) if arch else ()
    if problems or not arch:
        raise UsageError(*problems)
    return Site(name=parts.name, arch=arch, path=written.path.resolve(), file=parts, hosts=hosts)


def _of_cloud(ref: str, cloud: str, overlays: Sequence[Path], sets: Sequence[str], access: bool) -> Site:
    """An architecture and a cloud's name, which are a whole site."""
    problems: list[Problem] = []
    if not cloud.strip() or not cloud.isprintable():
        raise UsageError(Problem("--cloud", "not the name of a cloud", found=repr(cloud)))
    parts = SiteFile(name=cloud, architecture=ref, cloud=cloud)
    with _gathering(problems):
        arch = load(ref, overlays=list(overlays), sets=list(sets))
    if access:
        problems += _no_access(parts)
    if problems:
        raise UsageError(*problems)
    return Site(name=cloud, arch=arch, path=None, file=parts)


@contextmanager
def _gathering(problems: list[Problem]) -> Iterator[None]:
    """Keep the problems of one part, so that those of the others are told with them."""
    try:
        yield
    except UsageError as error:
        problems += error.problems


def _site_file(ref: str | Path) -> Path:
    """The path of a site file; the name of a shipped architecture is not one."""
    path = Path(ref)
    if not path.exists() and str(ref) in shipped_names():
        hint = "add --cloud NAME or --lab, or write a site with `deployday site init`"
        raise UsageError(Problem(str(ref), "this is an architecture, not a site", hint=hint))
    return path


def _architecture(ref: str, written: Written) -> str:
    beside = written.path.parent / ref
    return str(beside) if beside.is_file() else ref


def _anchored(parts: SiteFile, base: Path) -> SiteFile:
    """Paths of a site file count from the folder that it stands in."""

    def anchor(path: Path | None) -> Path | None:
        return None if path is None else (base / _at_home(path)).resolve()

    ssh = parts.ssh.model_copy(
        update={"key_file": anchor(parts.ssh.key_file), "known_hosts": anchor(parts.ssh.known_hosts)}
    )
    return parts.model_copy(
        update={"ssh": ssh, "clouds_file": anchor(parts.clouds_file), "waivers": anchor(parts.waivers)}
    )


def _at_home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # ~somebody whom this machine does not know
        return path


def _missing_files(written: Written, parts: SiteFile) -> Iterator[Problem]:
    """Files that are named and are not there: without them a run would end before it began."""
    named: list[tuple[tuple[str, ...], Path | None]] = [
        (("ssh", "key_file"), parts.ssh.key_file),
        (("ssh", "known_hosts"), None if parts.ssh.accept_new else parts.ssh.known_hosts),
        (("waivers",), parts.waivers),
    ]
    for keys, path in named:
        if path and not path.is_file():
            yield Problem(written.where(*keys), "there is no such file", path=".".join(keys), found=str(path))


def _no_access(parts: SiteFile) -> Iterator[Problem]:
    """What is wrong with the accounts that a site names."""
    for name in dict.fromkeys((parts.cloud, parts.other_cloud or parts.cloud)):
        try:
            read_credentials(name, parts.clouds_file)
        except UsageError as error:
            yield from error.problems


def _hosts(written: Written, parts: SiteFile, problems: list[Problem]) -> dict[str, Host]:
    hosts: dict[str, Host] = {}
    port = parts.ssh.port or 22
    for name, value in parts.hosts.items():
        try:
            if name == "from":
                source = written.path.parent / _at_home(Path(_text(value)))
                hosts = {**read_hosts(source, port), **hosts}
            else:
                hosts[name] = _host(value, port)
        except UsageError as error:
            problems += error.problems
        except (TypeError, ValueError) as error:
            problems.append(Problem(written.where("hosts", name), str(error), path=f"hosts.{name}"))
    return hosts


def _host(value: Any, port: int) -> Host:
    if isinstance(value, str):
        address, given = _split(value)
        return Host(_address(address), port if given is None else _port(given))
    if not isinstance(value, Mapping):
        raise TypeError("expected an address or {address, port, rack, also}")
    if set(value) - {"address", "port", "rack", "also"} or "address" not in value:
        raise ValueError(f"expected {{address, port, rack, also}}, found {', '.join(map(str, value))}")
    also = value.get("also", [])
    if not isinstance(also, list):
        raise TypeError("also: expected a list of addresses")
    return Host(
        _address(value["address"]),
        _port(value["port"]) if "port" in value else port,
        _text(value.get("rack", "")),
        tuple(map(_address, also)),
    )


def _split(text: str) -> tuple[str, str | None]:
    """``address``, ``address:port``, ``::1`` or ``[::1]:port``."""
    if text.startswith("["):
        address, _, rest = text[1:].partition("]")
        return address, rest[1:] if rest else None
    if text.count(":") != 1:
        return text, None
    address, _, given = text.partition(":")
    return address, given


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("expected a text")
    return value


def _address(value: Any) -> str:
    if not isinstance(value, str) or not is_host(value):
        raise ValueError(f"expected an address or a host name, found {value!r}"[:120])
    return value


def _port(value: Any) -> int:
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and 0 < int(value[:6]) < 65536):
        raise ValueError(f"expected a port from 1 to 65535, found {value!r}"[:120])
    return int(value)


def _strangers(
    written: Written, parts: SiteFile, hosts: Mapping[str, Host], arch: Architecture
) -> Iterator[Problem]:
    """Nodes which nobody described have no effect; one address is one machine's."""
    described = list(arch.model.nodes)
    granted = parts.disruptive.nodes if parts.disruptive else ()
    named = [("hosts", name) for name in parts.hosts if name != "from"]
    for key, name in (*named, *(("disruptive", name) for name in granted)):
        if name not in described:
            near = get_close_matches(name, described, 1)
            yield Problem(
                where=written.where(key, name),
                path=f"{key}.{name}" if key == "hosts" else "disruptive.nodes",
                message=f"{arch.name} describes no node of this name",
                found="" if key == "hosts" else name,
                hint=f"did you mean {near[0]!r}?" if near else "",
            )
    pools = list(arch.model.network.floating) if arch.model.network else []
    for key in (key for key in parts.network if key.startswith("floating.")):
        if key.removeprefix("floating.") not in pools:
            where = written.where("network", key)
            yield Problem(where, f"{arch.name} describes no such pool", path=f"network.{key}")
    if "from" in parts.hosts and hosts and not set(hosts) & set(described):
        yield Problem(
            where=written.where("hosts", "from"),
            path="hosts.from",
            message=f"none of its {len(hosts)} names is a node of {arch.name}",
            expected=", ".join(described[:6]),
            found=", ".join([*hosts][:6]),
        )
    first: dict[tuple[str, int], str] = {}
    for name in (name for name in hosts if name in described):
        other = first.setdefault((hosts[name].address, hosts[name].port), name)
        if other != name:
            where = written.where("hosts", name)
            yield Problem(where, f"the address of {other} as well", path=f"hosts.{name}")
