"""What a plan costs the cloud, told before the run: creations by user, servers at once, what takes turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from harness.accounts.allowance import Allowance
from harness.cli.means import Means
from harness.plan import Plan
from harness.plan.spreading import creations

_LINKS = 12
_SHARED = 6


def show_costs(out: Console, plan: Plan, means: Means, servers: int) -> None:
    """Print it; nothing where the plan makes no server and shares nothing."""
    needed = creations(plan.scenarios)
    if needed.total():
        out.print("\n  requests for a server:")
        for user, allowed in means.book.items():
            if needed[user] or user == "main":
                out.print(f"    {escape(_user(user, means)):<24} {needed[user]:>3} needed, {_left(allowed)}")
        if means.leases:
            out.print("    the run leases these users; what is left to them is seen then")
        _at_once(out, plan, means, servers)
    _shared(out, plan)
    chain = plan.chain()
    if len(chain.links) > 1:
        names = _shortened([f"{key} {lasts:g} s" for key, lasts in chain.links])
        out.print(f"  longest chain of needs, {chain.seconds:.0f} s: {escape(' → '.join(names))}")


def _user(user: str, means: Means) -> str:
    name = means.names.get(user, "")
    return f"{user} ({name})" if name else user


def _left(allowed: Allowance) -> str:
    left = "no limit is announced"
    if allowed.creations is not None:
        left = f"{allowed.creations} of {allowed.of} left"
    if allowed.pace:
        left += f", a POST every {allowed.pace:g} s"
    return left


def _at_once(out: Console, plan: Plan, means: Means, servers: int) -> None:
    most = max((row.servers for row in plan.running), default=0)
    users = {row.account for row in plan.running if row.servers}
    quotas = {user: _quota(allowed) for user, allowed in means.book.items() if user in users}
    rooms = set(quotas.values()) - {""}
    each = len(rooms) == 1 and len(set(quotas.values())) == 1
    told = [f"{room} each" for room in rooms] if each else [f"{user} {q}" for user, q in quotas.items() if q]
    words = f"; users have room for {', '.join(told)}" if told else ""
    out.print(f"  servers at once: {servers} at most, {most} by one story{escape(words)}")


def _quota(allowed: Allowance) -> str:
    if allowed.servers is None:
        return ""
    return f"{allowed.servers} (quota of {allowed.quota.rstrip(',')})"


def _shared(out: Console, plan: Plan) -> None:
    """Things that stories take turns with."""
    holders = Counter(name for row in plan.running for name in row.holds)
    busy = [f"{name} ({count})" for name, count in holders.most_common() if count > 1]
    if busy:
        more = f" and {len(busy) - _SHARED} more" if len(busy) > _SHARED else ""
        out.print(f"  taken in turns: {escape(', '.join(busy[:_SHARED]))}{more} (stories that hold it)")


def _shortened(names: Sequence[str]) -> list[str]:
    if len(names) <= _LINKS:
        return list(names)
    half = _LINKS // 2
    return [*names[:half], f"… {len(names) - _LINKS} more …", *names[-half:]]
