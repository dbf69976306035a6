"""What a user may still do, as compute's limits and quotas say: servers at once, and servers a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Protocol

from harness.arch import Architecture
from harness.clients.session import CloudSession
from harness.clients.values import Limits, QuotaSet, RateLimit, Server

_CREATION = ("POST", "/servers")
_LONG = ("HOUR", "DAY")
_SECONDS = {"SECOND": 1.0, "MINUTE": 60.0, "HOUR": 3600.0, "DAY": 86400.0}


class Size(Protocol):
    """What a server of a flavor takes: MB of memory, processors."""

    @property
    def id(self) -> str:
        """The flavor's id in the API."""
        ...

    @property
    def ram(self) -> int:
        """MB of memory."""
        ...

    @property
    def vcpus(self) -> int:
        """Processors."""
        ...


@dataclass(frozen=True)
class Allowance:
    """What one user may still do; None where nobody limits it.

    ``servers`` is how many more the quotas of the tenant have room for, ``quota`` the quota that leaves the
    fewest, in words. ``creations`` is how many requests for a server are left, ``of`` out of how many, in
    words. ``pace`` is the seconds between two POSTs that can be kept up.
    """

    servers: int | None = None
    quota: str = ""
    creations: int | None = None
    of: str = ""
    pace: float = 0.0

    @property
    def none(self) -> bool:
        """Whether not even one server can be made."""
        return self.servers == 0 or self.creations == 0


def read(session: CloudSession, sizes: Iterable[Size] = ()) -> Allowance:
    """Ask compute, three times: limits, quotas, servers. Raises ``CloudError``.

    ``sizes`` are the flavors as described.
    """
    return allowance(session.compute.limits(), session.compute.quotas(), session.compute.servers(), sizes)


def fresh(session: CloudSession, sizes: Iterable[Size] = ()) -> Allowance:
    """What a user would have that nobody has used yet, in a tenant without quotas of its own; asked as
    anybody. Raises ``CloudError``.
    """
    limits = session.compute.limits()
    rates = tuple(replace(rate, remaining=rate.value) for rate in limits.rates)
    return allowance(replace(limits, rates=rates), session.compute.default_quotas(), (), sizes)


def allowance(
    limits: Limits, quotas: QuotaSet, there: Iterable[Server], sizes: Iterable[Size] = ()
) -> Allowance:
    """The same, of what was answered."""
    servers, quota = _servers(quotas, list(there), {size.id: size for size in sizes})
    long = [rate for rate in limits.rates if rate.unit in _LONG and concerns(rate, *_CREATION)]
    short = [rate for rate in limits.rates if rate.unit not in _LONG and concerns(rate, *_CREATION)]
    tightest = min(long, key=lambda rate: rate.remaining, default=None)
    return Allowance(
        servers=servers,
        quota=quota,
        creations=None if tightest is None else max(0, tightest.remaining),
        of="" if tightest is None else f"{tightest.value} a {tightest.unit.lower()}",
        pace=max((_SECONDS.get(rate.unit, 0.0) / max(rate.value, 1) for rate in short), default=0.0),
    )


def as_described(arch: Architecture) -> Allowance:
    """What a user would have that nobody has used yet, by quotas and rate limits of the description."""
    compute = arch.model.compute
    if compute is None:
        return Allowance()
    rates = tuple(_rate(text) for text in compute.rate_limits)
    quotas = QuotaSet("", {name: getattr(compute.quotas, name) for name in ("instances", "cores", "ram")})
    return allowance(Limits({}, rates), quotas, (), compute.flavors.values())


def _rate(text: str) -> RateLimit:
    """From ``POST * 10/MINUTE``."""
    verb, uri, rate = text.split()
    value, _, unit = rate.partition("/")
    return RateLimit(verb, uri, int(value), unit, int(value))


def concerns(rate: RateLimit, verb: str, path: str) -> bool:
    """Whether a rate limit counts such a request; ``path`` is what stands behind the tenant in a URL."""
    return rate.verb == verb and fnmatchcase(path, rate.uri)


def _servers(quotas: QuotaSet, there: list[Server], sizes: Mapping[str, Size]) -> tuple[int | None, str]:
    """How many more of the smallest servers fit into the quotas, and the quota that decides."""
    smallest = min(sizes.values(), key=lambda size: (size.ram, size.vcpus), default=None)
    found: list[tuple[int, str]] = []
    for name, word in (("instances", "servers"), ("cores", "processors"), ("ram", "MB of memory")):
        quota = quotas.values.get(name, -1)
        each = _taken(name, smallest)
        if quota < 0 or not each:
            continue
        used = sum(_taken(name, sizes.get(server.flavor, smallest)) for server in there)
        words = f"{quota} {word.removesuffix('s') if quota == 1 else word}"
        words += f", of which {used} {'is' if used == 1 else 'are'} taken," if used else ""
        found.append((max(0, quota - used) // each, words))
    return min(found, key=lambda pair: pair[0], default=(None, ""))


def _taken(name: str, size: Size | None) -> int:
    if name == "instances":
        return 1
    return 0 if size is None else size.vcpus if name == "cores" else size.ram
