"""What a user may still do, of what limits and quotas answer."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from harness.accounts.allowance import Allowance, allowance, concerns
from harness.clients.values import Limits, QuotaSet, RateLimit, Server


@dataclass(frozen=True)
class Flavor:
    id: str
    ram: int
    vcpus: int


TINY, SMALL = Flavor("1", 512, 1), Flavor("2", 2048, 2)
STOCK = (
    RateLimit("POST", "*", 10, "MINUTE", 9),
    RateLimit("PUT", "*", 10, "MINUTE", 10),
    RateLimit("POST", "*/servers", 50, "DAY", 37),
    RateLimit("GET", "*changes-since*", 3, "MINUTE", 3),
    RateLimit("DELETE", "*", 100, "MINUTE", 100),
)


def asked(instances: int = 10, cores: int = 20, ram: int = 51200, *there: Server) -> Allowance:
    quotas = QuotaSet("t", {"instances": instances, "cores": cores, "ram": ram})
    return allowance(Limits({}, STOCK), quotas, there, [SMALL, TINY])


def test_the_day_and_the_minute_of_a_stock_cloud() -> None:
    found = asked()
    assert found == Allowance(servers=10, quota="10 servers", creations=37, of="50 a day", pace=6.0)
    assert not found.none


def test_without_limits_nobody_counts() -> None:
    assert allowance(Limits({}), QuotaSet("t", {}), []) == Allowance()
    assert asked(-1, -1, -1).servers is None


@pytest.mark.parametrize(
    ("quotas", "servers", "words"),
    [
        ((2, 20, 51200), 2, "2 servers"),
        ((10, 3, 51200), 3, "3 processors"),
        ((10, 20, 1024), 2, "1024 MB of memory"),
        ((0, 20, 51200), 0, "0 servers"),
    ],
)
def test_the_tightest_quota_decides(quotas: tuple[int, int, int], servers: int, words: str) -> None:
    found = asked(*quotas)
    assert (found.servers, found.quota) == (servers, words)
    assert found.none == (servers == 0)


def test_what_is_there_already_is_taken() -> None:
    there = [Server("1", flavor="1"), Server("2", flavor="2"), Server("3", flavor="unknown")]
    assert asked(4, 20, 51200, *there).quota == "4 servers, of which 3 are taken,"
    assert asked(10, 5, 51200, *there).servers == 1
    assert asked(2, 20, 51200, *there).servers == 0


def test_the_uris_of_rate_limits_are_patterns() -> None:
    assert concerns(RateLimit("POST", "*", 1, "DAY"), "POST", "/servers")
    assert concerns(RateLimit("POST", "*/servers", 1, "DAY"), "POST", "/servers")
    assert not concerns(RateLimit("POST", "*/servers", 1, "DAY"), "POST", "/os-keypairs")
    assert not concerns(RateLimit("GET", "*", 1, "DAY"), "POST", "/servers")
