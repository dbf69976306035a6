"""Security groups and their rules."""

from __future__ import annotations

import ipaddress
from typing import Any

from starlette.responses import Response

from harness.lab.compute.call import Call, bare
from harness.lab.compute.find import settle
from harness.lab.compute.refusals import Refusal, bad, missing
from harness.lab.compute.resources import Resources
from harness.lab.compute.state import Group, GroupRule, compute, live
from harness.lab.compute.views import group_view, rule_view


def routes(into: Resources) -> None:
    """The routes of this file."""
    into.collection("os-security-groups", index=index, show=show, create=create, delete=delete)
    into.collection("os-security-group-rules", create=create_rule, delete=delete_rule)


async def index(call: Call) -> Response:
    """The tenant's groups."""
    state = compute(call.world)
    state.default_group(call.world, call.tenant)
    mine = [group for group in state.groups.values() if group.tenant_id == call.tenant]
    return call.ok(
        {"security_groups": [group_view(call, row) for row in sorted(mine, key=lambda row: row.name)]}
    )


def _find(call: Call, given: Any) -> Group:
    try:
        number = int(given)
    except (TypeError, ValueError):
        raise bad("Security group id should be integer") from None
    group = compute(call.world).groups.get(number)
    if group is None or (group.tenant_id != call.tenant and not call.context.admin):
        raise missing(f"Security group {number} not found.")
    return group


async def show(call: Call) -> Response:
    """One group."""
    return call.ok({"security_group": group_view(call, _find(call, call.parts["id"]))})


async def create(call: Call) -> Response:
    """A new group."""
    wanted = call.body.get("security_group") if isinstance(call.body, dict) else None
    if not isinstance(wanted, dict):
        raise Refusal(422)
    name, description = _text(wanted, "name"), _text(wanted, "description")
    state = compute(call.world)
    state.default_group(call.world, call.tenant)
    mine = [group for group in state.groups.values() if group.tenant_id == call.tenant]
    if len(mine) >= state.quota(call.tenant)["security_groups"]:
        raise bad("Quota exceeded, too many security groups.")
    if state.group(call.tenant, name):
        raise bad(f"Security group {name} already exists")
    made = Group(call.world.ids.number("group"), name, description, call.tenant)
    state.groups[made.id] = made
    return call.ok({"security_group": group_view(call, made)})


def _text(wanted: dict[str, Any], key: str) -> str:
    value = wanted.get(key)
    if not isinstance(value, str):
        raise bad(f"Security group {key} is not a string or unicode")
    if not value.strip():
        raise bad(f"Security group {key} cannot be empty.")
    if len(value) > 255:
        raise bad(f"Security group {key} should not be greater than 255 characters.")
    return value.strip()


async def delete(call: Call) -> Response:
    """Remove a group that no server uses."""
    group = _find(call, call.parts["id"])
    settle(call)
    if any(group.id in server.groups for server in live(call.world)):
        raise bad("Security group is still in use")
    del compute(call.world).groups[group.id]
    return bare(202)


async def create_rule(call: Call) -> Response:
    """A new rule of a group."""
    wanted = call.body.get("security_group_rule") if isinstance(call.body, dict) else None
    if not isinstance(wanted, dict):
        raise Refusal(422)
    group = _find(call, wanted.get("parent_group_id"))
    source = wanted.get("group_id")
    values: dict[str, Any] = {
        "protocol": wanted.get("ip_protocol"), "from_port": _port(wanted.get("from_port")),
        "to_port": _port(wanted.get("to_port")), "source": None if source is None else _find(call, source).id,
        "cidr": None if source is not None else _cidr(wanted.get("cidr")),
    }  # fmt: skip
    _check_ports(values)
    if any(all(getattr(rule, key) == value for key, value in values.items()) for rule in group.rules):
        raise bad(f"This rule already exists in group {group.id}")
    if len(group.rules) >= compute(call.world).quota(call.tenant)["security_group_rules"]:
        raise bad("Quota exceeded, too many security group rules.")
    rule = GroupRule(call.world.ids.number("group rule"), group.id, **values)
    group.rules.append(rule)
    return call.ok({"security_group_rule": rule_view(call, rule)})


def _cidr(given: Any) -> str:
    text = str(given or "0.0.0.0/0")
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise bad(f"Invalid cidr {text}.") from None


def _port(given: Any) -> int | None:
    try:
        return None if given is None else int(given)
    except (TypeError, ValueError):
        raise bad("Invalid input for ports") from None


def _check_ports(values: dict[str, Any]) -> None:
    low, high, protocol = values["from_port"], values["to_port"], str(values["protocol"] or "").lower()
    if low is None or high is None:
        if values["source"] is None:
            raise bad("Not enough parameters to build a valid rule.")
        return
    text = f"Invalid port range {low}:{high}."
    if low > high:
        raise bad(f"{text} Former value cannot be greater than the later")
    if protocol not in ("tcp", "udp", "icmp"):
        raise bad(f"Invalid IP protocol {values['protocol']}.")
    if protocol != "icmp" and not 1 <= low <= high <= 65535:
        raise bad(f"{text} Valid TCP ports should be between 1-65535")
    if protocol == "icmp" and not -1 <= low <= high <= 255:
        raise bad(f"{text} For ICMP, the type:code must be valid")


async def delete_rule(call: Call) -> Response:
    """Remove a rule."""
    given = call.parts["id"]
    for group in compute(call.world).groups.values():
        rule = next((rule for rule in group.rules if str(rule.id) == given), None)
        if rule is not None and (group.tenant_id == call.tenant or call.context.admin):
            group.rules.remove(rule)
            return bare(202)
    raise missing(f"Rule ({given}) not found")
