"""Ways for a cloud, or for the access to it, to be less than the whole; and what must then be out of reach.

What is expected is said here and not asked of the plan's own judgement: ``lacks`` are the requirements that
nobody can meet, ``gone`` are the stories that have nothing left to be about. A story that needs one of these
shares its fate, everything else passes. ``lost`` and ``kept`` are stories of today by name: what they were
declared to require must not drift away from what a reduction means.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import combinations
from typing import Any

from harness.plan import PlannedScenario, Scenario
from harness.plan.declared import HOLDERS, split_need
from tests.matrix.described import Described, other_names, six_node

Site = dict[str, Any]
ADMIN, SECOND, HOSTS, GUESTS, CONSOLE = "admin", "second_account", "hosts", "guests", "console"


@dataclass(frozen=True)
class Reduction:
    """One way to be less.

    ``describe`` changes the architecture, of which the lab is then built; ``site`` changes the site file;
    ``unseen`` are stories that find out for themselves that they cannot be told, ``room`` is how many servers
    there may be at once. ``busy`` is who else works in the cloud during the run (a name of ``Described``);
    ``only`` selects stories.
    """

    name: str
    describe: Callable[[Described], None] | None = None
    site: Callable[[Site, Described], None] | None = None
    lacks: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    room: int | None = None
    busy: str = ""
    only: str = ""


def _no_ssh(site: Site, _: Described) -> None:
    for key in ("hosts", "ssh", "rings", "disruptive"):
        site.pop(key, None)


def _no_guests(site: Site, _: Described) -> None:
    site["guests"] = {"via": "none"}


def _member(site: Site, described: Described) -> None:
    site["cloud"], site["other_cloud"] = (f"{site['name']}-{who}" for who in _members(described))


def _members(described: Described) -> tuple[str, str]:
    return described.member, described.second


def _one_tenant(site: Site, described: Described) -> None:
    site["cloud"] = f"{site['name']}-{described.member}"
    site.pop("other_cloud", None)


def _site_accounts(site: Site, _: Described) -> None:
    site["accounts"] = "site"


def _no_grant(site: Site, _: Described) -> None:
    site.pop("disruptive", None)


def _fake_hypervisor(described: Described) -> None:
    described.ra["compute"]["hypervisor"] = "fake"
    described.ra["config"]["nova.conf"].pop("libvirt_type", None)


def _console_only(site: Site, _: Described) -> None:
    site["guests"] = {"via": "console"}


def _two_servers(described: Described) -> None:
    compute = described.ra.setdefault("compute", {})
    compute["quotas"] = {**compute.get("quotas", {}), "instances": 2}
    compute["limits"] = {**compute.get("limits", {}), "maxTotalInstances": 2}


STOCK_LIMITS = (
    "POST * 10/MINUTE",
    "PUT * 10/MINUTE",
    "DELETE * 100/MINUTE",
    "POST */servers 50/DAY",
    "GET *changes-since* 3/MINUTE",
)
"""As a stock Essex answers; written here once more on purpose."""


def _rate_limits(described: Described) -> None:
    described.ra["compute"]["rate_limits"] = list(STOCK_LIMITS)


def _no_objects(described: Described) -> None:
    nodes = described.ra["nodes"]
    for name in described.storage:
        del nodes[name]
    for node in nodes.values():
        node["roles"] = [role for role in node["roles"] if role != "object-proxy"]
    described.ra.pop("objects")
    described.ra.get("catalogue", {}).pop("object-store", None)


def _no_volumes(described: Described) -> None:
    for node in described.ra["nodes"].values():
        node["roles"] = [role for role in node["roles"] if role != "volume"]
        node.pop("volume_group", None)
    described.ra.pop("volumes")
    described.ra.get("catalogue", {}).pop("volume", None)
    described.ra.get("objectives", {}).pop("volume", None)
    described.ra["config"]["nova.conf"].pop("iscsi_helper", None)


def _templated(described: Described) -> None:
    described.ra["identity"]["catalogue"] = "templated"


CORE = ("identity.token", "preflight.catalogue", "preflight.clock", "cleanup.*")
SERVERS = ("compute.boot", "compute.show", "compute.delete", "compute.keypair")
VOLUMES = ("volumes.create", "volumes.delete")
OBJECTS = ("objects.put_get", "objects.delete")
IMAGES = ("images.described", "images.upload", "images.delete")
API = (*CORE, *SERVERS, *VOLUMES, *OBJECTS, *IMAGES)
STRANGERS = ("compute.other_tenant", "volumes.other_tenant", "images.private", "objects.other_tenant")
ADMINISTRATORS = ("identity.tenant_life", "identity.validate", "identity.described", "compute.hosts")
SHORT = "token or flavors or keypair or (compute and (boot or show or delete)) or upload"
"""The stories under rate limits: a handful, for ten POSTs a minute are soon spent."""

REDUCTIONS: Mapping[str, Reduction] = {
    row.name: row
    for row in (
        Reduction(
            "no_ssh", site=_no_ssh, lacks=(HOSTS, GUESTS), lost=("hosts.*", "rings.*", "guests.*"), kept=API
        ),
        Reduction(
            "no_guests", site=_no_guests, lacks=(GUESTS, CONSOLE), lost=("guests.*",), kept=(*API, "rings.*")
        ),
        Reduction(
            "member", site=_member, lacks=(ADMIN,), lost=ADMINISTRATORS, kept=(*API, *STRANGERS, "rings.*")
        ),
        Reduction(
            "one_tenant",
            site=_one_tenant,
            lacks=(ADMIN, SECOND),
            lost=(*ADMINISTRATORS, *STRANGERS),
            kept=(*API, "rings.*"),
        ),
        Reduction(
            "two_servers", describe=_two_servers, room=2, kept=(*API, *STRANGERS, *ADMINISTRATORS, "rings.*")
        ),
        Reduction("rate_limits", describe=_rate_limits, only=SHORT, kept=(*CORE[:1], *SERVERS)),
        Reduction(
            "no_objects",
            describe=_no_objects,
            gone=("objects.*", "rings.*", "preflight.endpoints_answer[object-store]"),
            lost=("objects.*", "rings.*"),
            kept=(*CORE, *SERVERS, *VOLUMES, *IMAGES),
        ),
        Reduction(
            "no_volumes",
            describe=_no_volumes,
            gone=("volumes.*", "preflight.endpoints_answer[volume]"),
            lost=("volumes.*",),
            kept=(*CORE, *SERVERS, *OBJECTS, *IMAGES, "rings.*"),
        ),
        Reduction("templated", describe=_templated, kept=(*API, *STRANGERS, *ADMINISTRATORS, "rings.*")),
        Reduction("other_names", kept=(*API, *STRANGERS, *ADMINISTRATORS, "rings.*")),
        Reduction("busy", busy="neighbour", kept=(*API, *STRANGERS, *ADMINISTRATORS, "rings.*")),
        Reduction(
            "site_accounts",
            site=_site_accounts,
            lacks=(SECOND,),
            unseen=("identity.member_refused", "compute.lock"),
            lost=STRANGERS,
            kept=(*API, *ADMINISTRATORS, "rings.*"),
        ),
        Reduction(
            "fake_hypervisor",
            describe=_fake_hypervisor,
            lacks=(GUESTS, CONSOLE),
            lost=("guests.*",),
            kept=(*API, *STRANGERS, *ADMINISTRATORS, "rings.*"),
        ),
        Reduction(
            "console_only", site=_console_only, lacks=(GUESTS,), lost=("guests.*",), kept=(*API, "rings.*")
        ),
        Reduction(
            "no_grant",
            site=_no_grant,
            unseen=("rings.node_out",),
            lost=("rings.node_out", "rings.repaired"),
            kept=(*API, *STRANGERS, *ADMINISTRATORS, "rings.placed", "rings.servers", "guests.*"),
        ),
        Reduction(
            "colleague",
            site=_member,
            busy="member",
            lacks=(ADMIN,),
            lost=ADMINISTRATORS,
            kept=(*API, *STRANGERS, "rings.*"),
        ),
    )
}
ALONE = ("site_accounts", "fake_hypervisor", "console_only", "no_grant", "colleague")
"""Not paired: an administrator in his own tenant; two further ways to have no guests; a site that allows no
disturbance; somebody who works in the very tenant of the run.
"""
SAME = {frozenset({"member", "one_tenant"})}
"""Pairs that are one of the two."""

Case = tuple[str, ...]


def cases() -> list[Case]:
    """The whole cloud, each reduction alone, all pairs; those of one lab side by side."""
    paired = [name for name in REDUCTIONS if name not in ALONE]
    pairs = [pair for pair in combinations(paired, 2) if frozenset(pair) not in SAME]
    return sorted([(), *((name,) for name in REDUCTIONS), *pairs], key=lambda case: (lab_of(case), case))


def lab_of(case: Case) -> Case:
    """Those of a case that the lab must be built for; the others only change the access."""
    return tuple(name for name in case if name == "other_names" or REDUCTIONS[name].describe)


def describe(case: Case, *, without_absent: bool = True) -> Described:
    """The cloud of a case; otherwise with everything that the case has taken away."""
    described = other_names() if "other_names" in case else six_node()
    for row in _rows(case):
        if row.describe and (without_absent or not row.gone):
            row.describe(described)
    return described


def _rows(case: Case) -> Iterator[Reduction]:
    return (REDUCTIONS[name] for name in case)


def busy(case: Case, described: Described) -> str:
    """The user who works in the cloud meanwhile; empty for nobody."""
    return next((str(getattr(described, row.busy)) for row in _rows(case) if row.busy), "")


def only(case: Case) -> str:
    """The stories that are told, as pytest's -k; empty for all."""
    return next((row.only for row in _rows(case) if row.only), "")


@dataclass(frozen=True)
class Expected:
    """Ids that have nothing to be about, and keys that the access cannot see."""

    not_applicable: frozenset[str]
    out_of_reach: frozenset[str]


def expected(
    case: Case,
    declared: Iterable[Scenario],
    whole: Sequence[PlannedScenario],
    absent: Collection[str] = (),
) -> Expected:
    """What must not run, and nothing else. ``whole`` is the plan of the cloud without a reduction, ``absent``
    are its nodes that the reduced cloud does not have.

    A story whose every way to a need is gone is gone; one with a need out of reach is out of reach.
    """
    by_id = {scenario.id: scenario for scenario in declared}
    gone = {row.key for row in whole if not row.applies}
    gone |= {row.key for row in whole if row.subject in absent}
    gone |= {row.key for row in whole if _any(row, [p for each in _rows(case) for p in each.gone])}
    gone = _spread(whole, gone, lambda row: _needs_only(row, by_id[row.id], gone, whole))
    lacks = {name for row in _rows(case) for name in row.lacks}
    lost = [pattern for each in _rows(case) for pattern in each.unseen]
    room = min((each.room for each in _rows(case) if each.room is not None), default=None)
    unseen = {row.key for row in whole if lacks & set(row.requires) or _any(row, lost)}
    unseen |= {row.key for row in whole if room is not None and servers_beside(row, whole) > room}
    unseen -= gone
    unseen = _spread(whole, unseen, lambda row: row.key not in gone and bool(set(row.needs) & unseen))
    left = {row.id for row in whole if row.key not in gone}
    return Expected(frozenset({row.id for row in whole} - left), frozenset(unseen))


def _spread(
    whole: Sequence[PlannedScenario], found: set[str], concerned: Callable[[PlannedScenario], bool]
) -> set[str]:
    while True:
        more = {row.key for row in whole if row.key not in found and concerned(row)}
        if not more:
            return found
        found |= more


def _needs_only(
    row: PlannedScenario, scenario: Scenario, gone: set[str], whole: Sequence[PlannedScenario]
) -> bool:
    """Whether one of its needs has nothing left: the one key that it names, or every key of an id."""
    for need in scenario.needs:
        if callable(need) or need.startswith(HOLDERS):
            continue
        other, which = split_need(need)
        keys = {each.key for each in whole if each.id == other}
        if which is not None:
            keys &= {f"{other}[{row.subject if which == '=' else which}]"}
        if keys and keys <= gone:
            return True
    return False


def servers_beside(row: PlannedScenario, whole: Sequence[PlannedScenario]) -> int:
    """Servers that must be there while a story is told: its own, and those that it needs and that are
    removed only after it.
    """
    by_key = {each.key: each for each in whole}
    needed = _above(row, by_key, lambda each: each.needs)

    def outlives(other: PlannedScenario) -> bool:
        ends = (by_key[key] for key in other.until if key in by_key)
        return any(row.key in _above(end, by_key, lambda each: (*each.needs, *each.after)) for end in ends)

    return row.servers + sum(by_key[key].servers for key in needed if outlives(by_key[key]))


def _above(
    row: PlannedScenario,
    by_key: Mapping[str, PlannedScenario],
    before: Callable[[PlannedScenario], Iterable[str]],
) -> set[str]:
    """Everything that comes before a story, by its needs alone or also by what it waits for."""
    found, left = set[str](), [*before(row)]
    while left:
        key = left.pop()
        if key in by_key and key not in found:
            found.add(key)
            left += before(by_key[key])
    return found


def _any(row: PlannedScenario, patterns: Iterable[str]) -> bool:
    return any(row.key == pattern or fnmatchcase(row.id, pattern) for pattern in patterns)


def named(rows: Iterable[str], patterns: Iterable[str]) -> set[str]:
    """The ids that a pattern names."""
    return {id for id in rows if any(fnmatchcase(id, pattern) for pattern in patterns)}
