"""Ways in which compute refuses work for being too much, or says wrongly how much it takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from harness.lab.compute.limiter import UNITS, Bucket, Limit, Limiter
from harness.lab.compute.state import compute
from harness.lab.faults.answers import edited
from harness.lab.faults.registry import Bench, Keys, fault
from harness.lab.faults.rules import Exchange

_API = r"/v(?:2|1\.1)/[^/]+"
_DAY = Limit("POST", "*/servers", 50, "DAY")


def _told_by_limits(arch: Any) -> Keys:
    """The budget's story; also the one that compares the rate limits, where none like ours is described."""
    described = "POST */servers 50/DAY" in arch.model.compute.rate_limits
    return ("preflight.budget",) if described else ("preflight.budget", "compute.quotas")


class _Spent(Limiter):
    """A limiter whose users have all spent their day."""

    def bucket(self, user: str, limit: Limit) -> Bucket:
        """As always, but the day's is full when it is first looked at."""
        fresh = Bucket(limit, water=float(UNITS["DAY"]) if limit.unit == "DAY" else 0.0)
        return self.buckets.setdefault((user, limit), fresh)


@fault(
    "compute.creations_spent",
    component="nova",
    seam="real",
    caught_by=_told_by_limits,
    story="Every user has spent the fifty servers of the day: the limits say so, and more are refused.",
)
def creations_spent(bench: Bench) -> Iterator[None]:
    """Put a limiter in place whose buckets are full."""
    state = compute(bench.world)
    before = state.limiter
    limits = before.limits if _DAY in before.limits else (*before.limits, _DAY)
    state.limiter = _Spent(limits)
    try:
        yield
    finally:
        state.limiter = before


@fault(
    "compute.rate_limited",
    component="nova",
    caught_by=("preflight.budget",),
    story="Nova refuses every request for a server for its rate, for hours, and announces no such limit.",
)
def rate_limited(bench: Bench) -> Iterator[None]:
    """Answer as the limiter does."""
    details = "Only 50 POST request(s) can be made to */servers every day."
    said = {"message": "This request was rate-limited.", "code": 413, "details": details}
    headers = (("Retry-After", "7213"), ("Content-Type", "text/html; charset=UTF-8"))

    def refused(exchange: Exchange) -> Exchange:
        body = json.dumps({"overLimitFault": said}).encode()
        return replace(exchange, status=413, headers=headers, body=body)

    with bench.rule("nova", methods=("POST",), path=f"{_API}/servers", instead=refused):
        yield


@fault(
    "compute.quota_zero",
    component="nova",
    seam="real",
    caught_by=("compute.quotas", "preflight.budget"),
    story="The default quota of a tenant is no server at all.",
)
def quota_zero(bench: Bench) -> Iterator[None]:
    """Change the default itself."""
    defaults = compute(bench.world).default_quotas
    before, defaults["instances"] = defaults["instances"], 0
    try:
        yield
    finally:
        defaults["instances"] = before


@fault(
    "compute.quotas_disagree",
    component="nova",
    caught_by=("preflight.budget",),
    story="The quotas of a tenant promise one server more than its limits.",
)
def quotas_disagree(bench: Bench) -> Iterator[None]:
    """Add one to what a tenant's own quotas say."""

    def promised(document: Any) -> Any:
        quotas = document["quota_set"]
        return {"quota_set": {**quotas, "instances": quotas["instances"] + 1}}

    with bench.rule("nova", methods=("GET",), path=f"{_API}/os-quota-sets/[^/]+", response=edited(promised)):
        yield
