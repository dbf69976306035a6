"""Rate limits are obeyed: waited for, bounded, told in the record, and nothing else is repeated."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.clients.errors import OverQuota, RateLimited
from harness.clients.link import Link
from harness.clients.obeying import Turns, retry_after
from harness.clients.session import CloudSession
from tests.clients.fake import TENANT, Asked, Reply, Rows, Service

SERVERS = f"/compute/v2/{TENANT}/servers"
KEYPAIRS = f"/compute/v2/{TENANT}/os-keypairs"
LIMITED = {"overLimitFault": {"message": "This request was rate-limited.", "code": 413, "details": "Only 10"}}
PAIR = {"keypair": {"name": "k", "fingerprint": "f", "public_key": "p"}}


@pytest.fixture
def link(session: CloudSession) -> Link:
    return session._link


@pytest.fixture
def slept(link: Link) -> list[float]:
    """What the door would have slept."""
    found: list[float] = []
    link.door.obeying.sleep = found.append
    return found


def refusing(service: Service, path: str, times: int, after: str = "6", then: Any = PAIR) -> list[Asked]:
    """Refuse a POST so many times for its rate, then answer."""
    asked: list[Asked] = []

    def answer(one: Asked) -> Reply:
        asked.append(one)
        headers = (("Retry-After", after),) if after else ()
        return Reply(413, LIMITED, headers) if len(asked) <= times else Reply(200, then)

    service.answers["POST", path] = answer
    return asked


def test_a_request_that_came_too_often_comes_again_when_it_may(
    session: CloudSession, service: Service, rows: Rows, slept: list[float]
) -> None:
    asked = refusing(service, KEYPAIRS, 2)
    assert session.compute.create_keypair("k", "p").name == "k"
    assert slept == [7.0, 7.0]
    assert len(asked) == 3
    assert len({one.body for one in asked}) == 1
    (wait,) = rows.of("wait")
    assert (wait["what"], wait["outcome"], wait["goal"]) == ("rate limit", "reached", "POST is let through")
    assert wait["transitions"] == [["rate limited", wait["seconds"]]]
    assert [row["status"] for row in rows.of("exchange")][-3:] == [413, 413, 200]


def test_without_a_time_to_wait_it_comes_again_after_a_second(
    session: CloudSession, service: Service, slept: list[float]
) -> None:
    refusing(service, KEYPAIRS, 1, after="0")
    session.compute.create_keypair("k", "p")
    assert slept == [1.0]


def test_patience_is_bounded(session: CloudSession, service: Service, rows: Rows, slept: list[float]) -> None:
    refusing(service, KEYPAIRS, 1000, after="40")
    with pytest.raises(RateLimited) as caught:
        session.compute.create_keypair("k", "p")
    assert slept == [41.0, 41.0]
    assert caught.value.retry_after == 40
    assert rows.of("wait")[0]["outcome"] == "timeout"


def test_who_is_sent_away_for_hours_does_not_wait(
    session: CloudSession, service: Service, rows: Rows, slept: list[float]
) -> None:
    asked = refusing(service, KEYPAIRS, 1000, after="1728")
    with pytest.raises(RateLimited):
        session.compute.create_keypair("k", "p")
    assert (slept, len(asked), rows.of("wait")) == ([], 1, [])


def test_what_is_over_quota_is_not_repeated(
    session: CloudSession, service: Service, slept: list[float]
) -> None:
    over = {"overLimit": {"message": "Quota exceeded", "code": 413, "retryAfter": 0}}
    service.answers["POST", SERVERS] = Reply(413, over, (("Retry-After", "0"),))
    with pytest.raises(OverQuota):
        session.compute.create_server("s", image="i", flavor="f")
    assert (slept, len([one for one in service.asked if one.path == SERVERS])) == ([], 1)


def test_what_fails_otherwise_is_not_repeated(
    session: CloudSession, service: Service, slept: list[float]
) -> None:
    service.answers["POST", KEYPAIRS] = Reply(503, {"x": {"message": "no"}}, (("Retry-After", "3"),))
    with pytest.raises(Exception, match="503"):
        session.compute.create_keypair("k", "p")
    assert (slept, len([one for one in service.asked if one.path == KEYPAIRS])) == ([], 1)


def test_what_was_waited_counts_for_no_measurement(
    session: CloudSession, service: Service, link: Link
) -> None:
    link.door.obeying.sleep = lambda seconds: time.sleep(seconds / 10)
    refusing(service, KEYPAIRS, 1, after="2")
    trail = link.door.record
    real, ours = time.monotonic(), trail.now()
    session.compute.create_keypair("k", "p")
    assert time.monotonic() - real > 0.3
    assert trail.now() - ours < 0.25
    assert 0.3 <= trail.held < 0.6


@given(st.integers(0, 599), st.text(max_size=12), st.binary(max_size=30))
def test_any_answer_can_be_read(status: int, header: str, body: bytes) -> None:
    after = retry_after(status, {"Retry-After": header}, body)
    assert after is None or (status in (413, 429) and 0 <= after <= 86400)


@pytest.mark.parametrize("header", ["nan", "inf", "-1", "1e999", "soon", ""])
def test_an_odd_time_is_no_time(header: str) -> None:
    after = retry_after(429, {"Retry-After": header}, b"")
    assert after is not None
    assert 0 <= after <= 86400


def _hold(path: Path, url: str, began: Any, log: Any) -> None:
    with Turns(path).turn(url):
        began.set()
        time.sleep(0.3)
        log.put(("released", time.monotonic()))


def test_processes_take_turns_where_one_limit_holds_them_all(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    began, log = context.Event(), context.Queue()
    path, url = tmp_path / "limits.lock", "http://c:8774/v2/tenant-1/servers"
    process = context.Process(target=_hold, args=(path, url, began, log))
    process.start()
    try:
        assert began.wait(20)
        with Turns(path).turn("http://c:8774/v2/tenant-2/servers"):
            other = time.monotonic()
        with Turns(path).turn("http://c:8774/v2/tenant-1/os-keypairs"):
            mine = time.monotonic()
        _, released = log.get(timeout=10)
        assert other < released <= mine
    finally:
        process.join(10)
