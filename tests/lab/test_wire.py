"""What the lab's services share on the wire."""

import asyncio
import json
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from starlette.types import Message, Receive, Scope, Send

from harness.errors import LabError
from harness.lab.holding import Hold, Holding
from tests.lab.apis import Apis


@pytest.fixture(scope="module")
def cloud() -> Apis:
    return Apis()


@pytest.mark.parametrize(
    ("accept", "kind", "length"),
    [
        (None, "text/plain", 52),
        ("application/json", "text/plain", 52),
        ("text/html", "text/html", 154),
        ("*/*", "text/html", 154),
    ],
)
def test_the_route_level_404_depends_on_accept(
    cloud: Apis, accept: str | None, kind: str, length: int
) -> None:
    answer = cloud.public("GET", "/nope", headers={"Accept": accept} if accept else {})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == f"{kind}; charset=UTF-8"
    assert len(answer.content) == length


def test_html_pages_quote_what_was_sent(cloud: Apis) -> None:
    answer = cloud.images("GET", "/images/<script>", headers={"Accept": "*/*"})
    assert "&lt;script&gt;" in answer.text
    assert "<script>" not in answer.text


def test_a_wrong_method_is_an_unknown_route(cloud: Apis) -> None:
    assert cloud.public("GET", "/tokens").status_code == 404
    assert cloud.images("PATCH", "/images").status_code == 404


def test_every_answer_is_dated_once(cloud: Apis) -> None:
    for app in ("keystone", "glance", "nova"):
        dates = cloud.call(app, "GET", "/").headers.get_list("date")
        assert len(dates) == 1
        assert abs((parsedate_to_datetime(dates[0]) - datetime.now(UTC)).total_seconds()) < 5


def test_a_document_is_bounded(cloud: Apis) -> None:
    body = json.dumps({"auth": "x" * (2 << 20)}).encode()
    answer = cloud.public("POST", "/tokens", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_the_inventory_lists_what_there_is() -> None:
    cloud = Apis()
    before = cloud.call("control", "GET", "/_lab/inventory").json()
    image = cloud.upload().json()["image"]
    after = cloud.call("control", "GET", "/_lab/inventory").json()
    assert after["image"] != before["image"]
    assert {"id": image["id"], "name": "i", "tenant": cloud.tenants["one"]} in after["image"]
    cloud.images("DELETE", f"/images/{image['id']}")
    assert cloud.call("control", "GET", "/_lab/inventory").json() == before


def test_faults_are_listed_and_toggled() -> None:
    cloud = Apis()
    rows = {row["name"]: row for row in cloud.call("control", "GET", "/_lab/faults").json()}
    assert not any(row["active"] for row in rows.values())
    assert all(row["caught_by"] and row["component"] and row["story"] for row in rows.values())
    assert cloud.call("control", "POST", "/_lab/faults/images.dead").json() == {"active": ["images.dead"]}
    with pytest.raises(ConnectionResetError):
        cloud.images("GET", "/images")
    assert cloud.call("control", "DELETE", "/_lab/faults/images.dead").json() == {"active": []}
    assert cloud.images("GET", "/images").status_code == 200
    unknown = cloud.call("control", "POST", "/_lab/faults/images.daed")
    assert unknown.status_code == 404
    assert "did you mean images.dead" in unknown.json()["error"]


def test_an_unknown_fault_is_an_error_with_a_suggestion(cloud: Apis) -> None:
    with pytest.raises(LabError, match=r"did you mean .*identity\.dead"):
        cloud.toggles.on("identity.daed")


def test_a_rule_delays(cloud: Apis) -> None:
    started = time.monotonic()
    with cloud.bench.rule("keystone", path="/v2.0/tenants", delay=0.05):
        assert cloud.public("GET", "/tenants", who="one").status_code == 200
    assert time.monotonic() - started >= 0.05


def test_secrets_are_told_to_the_administrator_alone(cloud: Apis) -> None:
    admin = next(user for user in cloud.world.users.values() if user.name == "admin")
    admin.password = "canary-of-the-administrator"
    cloud.world.secret("password", admin.password)
    refused = cloud.call("control", "GET", "/_lab/secrets")
    assert refused.status_code == 403
    assert "canary" not in refused.text
    told = cloud.call("control", "GET", "/_lab/secrets", headers={"X-Lab-Password": admin.password})
    assert admin.password in told.json()["password"]


def test_one_answer_is_held_back_until_it_is_released() -> None:
    async def story() -> tuple[bool, bool]:
        hold, sent = Hold(), asyncio.Event()

        async def service(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            sent.set()

        async def swallow(message: Message) -> None:
            return

        holding = Holding(service, hold)
        asked = {"type": "http", "method": "POST", "path": "/v2/t/servers"}
        hold.arm(2, "POST", "/v2/[^/]+/servers")
        for other in ({"method": "GET"}, {"path": "/v2/t/servers/detail"}, {}):
            await holding({**asked, **other}, None, swallow)
        first, _ = sent.is_set(), sent.clear()
        second = asyncio.create_task(holding(asked, None, swallow))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        held = hold.reached and not sent.is_set()
        hold.release()
        await second
        return first and held, sent.is_set()

    assert asyncio.run(story()) == (True, True)
