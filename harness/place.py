"""Where a cloud is and how to get in: what a site file says apart from what the cloud should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.arch.shipped import shipped_names
from harness.credentials import Credentials, read_credentials
from harness.errors import Problem, UsageError
from harness.hostlist import Host, is_host, read_hosts
from harness.sitefile import SiteFile, Written, read


class Place:
    """Where a cloud is and how to get in, whether or not anybody has described it."""

    name: str
    file: SiteFile
    hosts: Mapping[str, Host]

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
        """The node that an address or host name belongs to, or None where no host has it."""
        return next((name for name, host in self.hosts.items() if host.has(address)), None)


@dataclass(frozen=True)
class Undescribed(Place):
    """A cloud that is to be described: a site file without its architecture, or the name of a cloud."""

    name: str
    file: SiteFile
    hosts: Mapping[str, Host] = field(default_factory=dict)


def load_place(
    ref: str | Path | None = None, *, cloud: str | None = None, hosts: Path | None = None
) -> Undescribed:
    """A site file, which need not name an architecture, or a cloud of ``clouds.yaml``; ``hosts`` is an
    inventory whose nodes are added. Its accounts are read as well.

    Raises ``UsageError`` with all problems.
    """
    problems: list[Problem] = []
    if ref is None:
        found = Undescribed(cloud_name(cloud), SiteFile(name=cloud or "", architecture="?", cloud=cloud))
    else:
        written = read(site_file(ref))
        problems += [each for each in written.problems if each.path != "architecture"]
        parts = anchored(written.parts, written.path.parent)
        given = hosts_of(written, parts, problems)
        problems += [*missing_files(written, parts), *way(written, parts, given)]
        found = Undescribed(parts.name, parts, given)
    problems += no_access(found.file)
    more: Mapping[str, Host] = {}
    if hosts is not None:
        with gathering(problems):
            more = read_hosts(hosts, found.file.ssh.port or 22)
    if problems:
        raise UsageError(*problems)
    return Undescribed(found.name, found.file, {**found.hosts, **more})


def cloud_name(cloud: str | None) -> str:
    """The name of a cloud as ``--cloud`` gives it; raises ``UsageError`` where it is none."""
    if not cloud or not cloud.strip() or not cloud.isprintable():
        raise UsageError(Problem("--cloud", "not the name of a cloud", found=repr(cloud)))
    return cloud


@contextmanager
def gathering(problems: list[Problem]) -> Iterator[None]:
    """Keep the problems of one part, so that those of the others are told with them."""
    try:
        yield
    except UsageError as error:
        problems += error.problems


def site_file(ref: str | Path) -> Path:
    """The path of a site file; the name of a shipped architecture is not one."""
    path = Path(ref)
    if not path.exists() and str(ref) in shipped_names():
        hint = "add --cloud NAME or --lab, or write a site with `deployday site init`"
        raise UsageError(Problem(str(ref), "this is an architecture, not a site", hint=hint))
    return path


def anchored(parts: SiteFile, base: Path) -> SiteFile:
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


def missing_files(written: Written, parts: SiteFile) -> Iterator[Problem]:
    """Files that are named and are not there: without them a run would end before it began."""
    named: list[tuple[tuple[str, ...], Path | None]] = [
        (("ssh", "key_file"), parts.ssh.key_file),
        (("ssh", "known_hosts"), None if parts.ssh.accept_new else parts.ssh.known_hosts),
        (("waivers",), parts.waivers),
    ]
    for keys, path in named:
        if path and not path.is_file():
            yield Problem(written.where(*keys), "there is no such file", path=".".join(keys), found=str(path))


def way(written: Written, parts: SiteFile, hosts: Mapping[str, Host]) -> Iterator[Problem]:
    """What is wrong with the way to the endpoints."""
    via = parts.api.via
    where = written.where("api", "via")
    if via == "ssh" and not parts.ssh.via:
        hint = "name it with `ssh: {via: HOST}`, or say through which node: `api: {via: NODE}`"
        yield Problem(where, "the site has no jump host", path="api.via", hint=hint)
    if via not in ("direct", "ssh", *hosts):
        near = get_close_matches(via, ["direct", "ssh", *hosts], 1)
        yield Problem(
            where,
            "no such way to the endpoints",
            path="api.via",
            expected="direct, ssh, or a node under `hosts`",
            found=via,
            hint=f"did you mean {near[0]!r}?" if near else "",
        )


def no_access(parts: SiteFile) -> Iterator[Problem]:
    """What is wrong with the accounts that a site names."""
    for name in dict.fromkeys((parts.cloud, parts.other_cloud or parts.cloud)):
        try:
            read_credentials(name, parts.clouds_file)
        except UsageError as error:
            yield from error.problems


def hosts_of(written: Written, parts: SiteFile, problems: list[Problem]) -> dict[str, Host]:
    """Where the nodes are; ``problems`` grows by what is wrong."""
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
