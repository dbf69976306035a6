"""Ways in which the network's API can be broken; what passes and what does not is ``traffic``'s."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from harness.lab.compute.state import Group, compute
from harness.lab.compute.views import floating_view
from harness.lab.faults.answers import edited
from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.rules import Change, Exchange, read
from harness.lab.faults.tenants import as_owner

_API = r"/v(?:2|1\.1)/[^/]+"
_ADDRESSES = f"{_API}/os-floating-ips"
_GROUPS = f"{_API}/os-security-groups"
_RULES = f"{_API}/os-security-group-rules"
_JSON = (("Content-Type", "application/json"),)
_NUMBER = 4_000_000


def _each_pool(*more: str) -> Callable[[Any], tuple[str, ...]]:
    """The story of each described pool, and these."""
    return lambda arch: (
        *(
            f"network.floating_pools[{pool}]"
            for pool in (arch.model.network.floating if arch.model.network else ())
        ),
        *more,
    )


def _says(status: int, document: Any = None) -> Change:
    """An answer without asking the service."""
    body = b"" if document is None else json.dumps(document).encode()
    return lambda exchange: replace(exchange, status=status, headers=_JSON if body else (), body=body)


@fault(
    "network.pool_empty",
    component="nova",
    caught_by=_each_pool(),
    story="The pools of floating addresses are named, and have no address left.",
)
def pool_empty(bench: Bench) -> Iterator[None]:
    """Refuse as nova does with an empty pool."""
    message = {"badRequest": {"message": "No more floating ips available.", "code": 400}}
    with bench.rule("nova", methods=("POST",), path=_ADDRESSES, instead=_says(400, message)):
        yield


@fault(
    "network.address_kept",
    component="nova",
    caught_by=_each_pool("cleanup.resources"),
    story="Nova takes back a floating address, and the tenant has it still.",
)
def address_kept(bench: Bench) -> Iterator[None]:
    """Accept and do nothing."""
    with bench.rule("nova", methods=("DELETE",), path=f"{_ADDRESSES}/[^/]+", instead=_says(202)):
        yield


@fault(
    "network.pools_renamed",
    component="nova",
    caught_by=("network.pools",),
    story="The pools have other names than the described ones.",
)
def pools_renamed(bench: Bench) -> Iterator[None]:
    """Tell other names; asked by the old one, a pool still gives."""

    def renamed(document: Any) -> Any:
        return {
            "floating_ip_pools": [{"name": f"{row['name']}-old"} for row in document["floating_ip_pools"]]
        }

    with bench.rule("nova", path=f"{_API}/os-floating-ip-pools", response=edited(renamed)):
        yield


@fault(
    "network.any_pool_gives",
    component="nova",
    caught_by=("network.unknown_pool",),
    story="Whoever asks for an address of a pool that is not there is given one of another.",
)
def any_pool_gives(bench: Bench) -> Iterator[None]:
    """Drop the name of an unknown pool from the request."""

    def request(exchange: Exchange) -> Exchange:
        wanted = json.loads(exchange.request_body or b"{}") or {}
        pools = {row.pool for row in compute(bench.world).floating.values()}
        return exchange if wanted.get("pool") in (None, *pools) else replace(exchange, request_body=b"{}")

    with bench.rule("nova", methods=("POST",), path=_ADDRESSES, request=request):
        yield


@fault(
    "network.foreign_address_taken",
    component="nova",
    caught_by=("network.foreign_address",),
    story="An address that nobody holds is led to a server without a word.",
)
def foreign_address_taken(bench: Bench) -> Iterator[None]:
    """Say yes where nova fails."""

    def response(exchange: Exchange) -> Exchange:
        failed = exchange.status == 500 and b"addFloatingIp" in exchange.request_body
        return _says(202)(exchange) if failed else exchange

    with bench.rule(
        "nova",
        methods=("POST",),
        path=f"{_API}/servers/[^/]+/action",
        request=read,
        response=response,
    ):
        yield


@fault(
    "network.addresses_of_all",
    component="nova",
    caught_by=("network.address_is_private",),
    story="The list of floating addresses shows those of all tenants.",
)
def addresses_of_all(bench: Bench) -> Iterator[None]:
    """List every address that somebody holds."""

    def everybodys(document: Any) -> Any:
        held = [row for row in compute(bench.world).floating.values() if row.tenant_id is not None]
        return {"floating_ips": [floating_view(row) for row in held]}

    with bench.rule("nova", methods=("GET",), path=_ADDRESSES, response=edited(everybodys)):
        yield


@fault(
    "network.described_wrongly",
    component="nova",
    caught_by=("network.described",),
    story="The network of servers is another one than the described one.",
)
def described_wrongly(bench: Bench) -> Iterator[None]:
    """Tell a smaller network on another bridge."""

    def smaller(document: Any) -> Any:
        for row in document["networks"]:
            whole = ipaddress.ip_network(row["cidr"])
            row |= {"cidr": f"{whole.network_address}/{whole.prefixlen + 1}", "bridge": "br999"}
        return document

    with bench.rule("nova", methods=("GET",), path=f"{_API}/os-networks", response=edited(smaller)):
        yield


@fault(
    "network.default_group_missing",
    component="nova",
    caught_by=("network.default_group",),
    story="Tenants have no default group.",
)
def default_group_missing(bench: Bench) -> Iterator[None]:
    """Leave it out of the list."""

    def without(document: Any) -> Any:
        return {"security_groups": [row for row in document["security_groups"] if row["name"] != "default"]}

    with bench.rule("nova", methods=("GET",), path=_GROUPS, response=edited(without)):
        yield


@fault(
    "network.group_twice",
    component="nova",
    caught_by=("network.group_life",),
    story="A name that a group has already is given to a second one.",
)
def group_twice(bench: Bench) -> Iterator[None]:
    """Say yes where nova refuses, with a group that is not there."""

    def response(exchange: Exchange) -> Exchange:
        if exchange.status != 400 or b"already exists" not in exchange.body:
            return exchange
        asked = json.loads(exchange.request_body)["security_group"]
        row = {**asked, "id": _NUMBER, "rules": [], "tenant_id": exchange.path.split("/")[2]}
        return _says(200, {"security_group": row})(exchange)

    with bench.rule("nova", methods=("POST",), path=_GROUPS, request=read, response=response):
        yield


def _rule_taken(exchange: Exchange) -> Exchange:
    asked = json.loads(exchange.request_body)["security_group_rule"]
    source = {"name": "?", "tenant_id": exchange.path.split("/")[2]} if "group_id" in asked else {}
    row = {
        "id": _NUMBER,
        "parent_group_id": asked.get("parent_group_id"),
        "ip_protocol": asked.get("ip_protocol"),
        "from_port": asked.get("from_port"),
        "to_port": asked.get("to_port"),
        "ip_range": {"cidr": asked["cidr"]} if "cidr" in asked else {},
        "group": source,
    }
    return _says(200, {"security_group_rule": row})(exchange)


@fault(
    "network.group_rules_forgotten",
    component="nova",
    caught_by=lambda arch: ("network.group_rules", *_inside(arch)),
    story="A rule that lets the members of a group in is taken, and kept nowhere.",
)
def group_rules_forgotten(bench: Bench) -> Iterator[None]:
    """Take it off again as soon as it is answered."""

    def forgotten(document: Any) -> Any:
        row = document["security_group_rule"]
        group = compute(bench.world).groups.get(row["parent_group_id"])
        if row["group"] and group is not None:
            group.rules = [rule for rule in group.rules if rule.id != row["id"]]
        return document

    with bench.rule("nova", methods=("POST",), path=_RULES, response=edited(forgotten)):
        yield


def _inside(arch: Any) -> tuple[str, ...]:
    """The story of groups between guests, where the description has groups count there."""
    told = arch.model.config.get("nova.conf", {}).get("allow_same_net_traffic", "true")
    return ("network.group_inside",) if str(told).lower() in ("false", "0", "no") else ()


@fault(
    "network.any_rule_taken",
    component="nova",
    caught_by=("network.bad_rules",),
    story="Rules that make no sense are taken.",
)
def any_rule_taken(bench: Bench) -> Iterator[None]:
    """Say yes where nova finds ports, protocols or ranges wrong."""

    def response(exchange: Exchange) -> Exchange:
        wrong = exchange.status == 400 and b"Invalid" in exchange.body
        return _rule_taken(exchange) if wrong else exchange

    with bench.rule("nova", methods=("POST",), path=_RULES, request=read, response=response):
        yield


class _ByText(Mapping[str, Group]):
    """Groups by their number as it stands in a path."""

    def __init__(self, groups: Mapping[int, Group]) -> None:
        self._groups = groups

    def __getitem__(self, key: str) -> Group:
        if not key.isdecimal():
            raise KeyError(key)
        return self._groups[int(key)]

    def __iter__(self) -> Iterator[str]:
        return map(str, self._groups)

    def __len__(self) -> int:
        return len(self._groups)


@fault(
    "network.groups_of_others_shown",
    component="nova",
    caught_by=("network.group_is_private",),
    story="Whoever knows the number of another tenant's group is shown it.",
)
def groups_of_others_shown(bench: Bench) -> Iterator[None]:
    """Ask as the tenant that owns the group."""
    groups = _ByText(compute(bench.world).groups)
    with bench.rule("nova", methods=("GET",), path=f"{_GROUPS}/[^/]+", request=as_owner(bench.world, groups)):
        yield


@fault(
    "network.used_group_removed",
    component="nova",
    caught_by=("network.group_in_use",),
    story="Nova takes the removal of a group that servers are in.",
)
def used_group_removed(bench: Bench) -> Iterator[None]:
    """Say yes where nova refuses."""

    def response(exchange: Exchange) -> Exchange:
        used = exchange.status == 400 and b"still in use" in exchange.body
        return _says(202)(exchange) if used else exchange

    with bench.rule("nova", methods=("DELETE",), path=f"{_GROUPS}/[^/]+", response=response):
        yield
