"""Quotas and the stock rate limits, as nova of the lab enforces and tells them."""

import json
from typing import Any

import pytest

from harness.lab.compute.state import compute
from tests.lab.nova_cloud import Cloud

STOCK = (
    "POST * 10/MINUTE",
    "PUT * 10/MINUTE",
    "DELETE * 100/MINUTE",
    "POST */servers 50/DAY",
    "GET *changes-since* 3/MINUTE",
)
MINUTE = 60.0


def remaining(cloud: Cloud, who: str = "one") -> dict[str, int]:
    """What is left of each limit for a user, by verb and URI."""
    rows = cloud.ask("GET", "limits", who=who).json()["limits"]["rate"]
    return {f"{limit['verb']} {row['uri']}": limit["remaining"] for row in rows for limit in row["limit"]}


@pytest.fixture
def limited() -> Cloud:
    return Cloud(f"compute.rate_limits={json.dumps(STOCK)}")


def test_what_remains_is_told_for_each_user(limited: Cloud) -> None:
    limited.boot()
    limited.ask("POST", "os-keypairs", {"keypair": {"name": "k"}})
    assert remaining(limited) == {
        "POST *": 8, "PUT *": 10, "DELETE *": 100, "POST */servers": 49, "GET *changes-since*": 3,
    }  # fmt: skip
    assert remaining(limited, "two")["POST *"] == 10
    limited.later(MINUTE)
    assert (remaining(limited)["POST *"], remaining(limited)["POST */servers"]) == (10, 49)


def test_the_day_has_fifty_servers(limited: Cloud) -> None:
    for _ in range(50):
        assert limited.boot().status_code in (202, 413)  # quota, which the limiter does not know of
        limited.later(MINUTE / 10 + 1)
    answer = limited.boot()
    assert answer.status_code == 413
    assert "*/servers every day" in answer.json()["overLimitFault"]["details"]
    assert int(answer.headers["Retry-After"]) > MINUTE
    assert limited.boot("two").status_code == 202
    server = limited.ask("GET", "servers").json()["servers"][0]["id"]
    assert limited.act(server, pause=None).status_code == 413  # actions count as POST to servers


def over(cloud: Cloud, **more: Any) -> tuple[int, str]:
    answer = cloud.boot(**more)
    return answer.status_code, next(iter(answer.json()))


@pytest.mark.parametrize(
    "more",
    [
        {"min_count": 11},
        {"metadata": {f"k{number}": "v" for number in range(129)}},
        {"personality": [{"path": f"/etc/{number}", "contents": "eA=="} for number in range(6)]},
        {"personality": [{"path": "/etc/x", "contents": "eHh4" * 3500}]},
    ],
    ids=("instances", "metadata", "files", "bytes"),
)
def test_one_more_than_the_quota_is_refused(more: dict[str, Any]) -> None:
    cloud = Cloud()
    assert over(cloud, **more) == (413, "overLimit")
    assert cloud.ask("GET", "servers").json() == {"servers": []}


@pytest.mark.parametrize(("quota", "flavor"), [("cores", "vcpus"), ("ram", "ram")])
def test_cores_and_memory_count(quota: str, flavor: str) -> None:
    cloud = Cloud()
    each = getattr(compute(cloud.world).flavors[cloud.flavor], flavor)
    tenant = cloud.tenants["one"]
    path = f"os-quota-sets/{tenant}"
    assert cloud.ask("PUT", path, {"quota_set": {quota: 2 * each}}, who="boss").status_code == 200
    assert over(cloud, min_count=3) == (413, "overLimit")
    assert cloud.boot(min_count=2).status_code == 202
    assert over(cloud) == (413, "overLimit")
