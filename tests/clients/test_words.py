"""Every shape of refusal that Essex knows, and the word for it. The bodies are as recorded, shortened."""

import json
from dataclasses import replace

import pytest

from harness.clients.door import Seen
from harness.clients.errors import (
    Conflict,
    Exchange,
    Invalid,
    NotFound,
    OverQuota,
    RateLimited,
    Refused,
    ServerFault,
    ServiceError,
    Unreachable,
)
from harness.clients.words import error_of, message_of

EXCHANGE = Exchange("GET", "http://controller:8774/v2/t/servers", 0, "req-1", "nova", "main:7")

KEYSTONE = {"error": {"message": "Could not find token: x", "code": 404, "title": "Not Found"}}
UNTITLED = {"error": {"message": "This action has not been implemented.", "code": 501, "title": None}}
NOVA = {"itemNotFound": {"message": "The resource could not be found.", "code": 404}}
QUOTA = {"overLimit": {"message": "QuotaError: Quota exceeded: code=X", "code": 413, "retryAfter": 0}}
RATE = {
    "overLimitFault": {"message": "This request was rate-limited.", "code": 413, "details": "Only 10 POST"}
}
FORBIDDEN = {"forbidden": {"message": "Policy doesn't allow it.", "code": 403}}
EXISTS = {"conflictingRequest": {"message": "Key pair 'k1' already exists.", "code": 409}}
TEXT = b"401 Unauthorized\n\nThis server could not verify that you are authorized.\n\n Authentication  "
HTML = b"<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1></body>"

REFUSALS = [
    (404, KEYSTONE, NotFound, "Could not find token: x"),
    (404, NOVA, NotFound, "The resource could not be found."),
    (404, HTML, NotFound, "404 Not Found 404 Not Found"),
    (401, TEXT, Refused, "401 Unauthorized This server could not verify"),
    (403, FORBIDDEN, Refused, "Policy doesn't allow it."),
    (
        400,
        {"badRequest": {"message": "Malformed request url", "code": 400}},
        Invalid,
        "Malformed request url",
    ),
    (400, {"badRequest": {"message": None, "code": 400}}, Invalid, ""),
    (422, {"computeFault": {"message": "Unable to process", "code": 422}}, Invalid, "Unable to process"),
    (412, b"", Invalid, ""),
    (409, EXISTS, Conflict, "Key pair"),
    (413, QUOTA, OverQuota, "QuotaError"),
    (413, RATE, RateLimited, "This request was rate-limited.: Only 10 POST"),
    (500, b"Traceback (most recent call last):\n  File", ServerFault, "Traceback"),
    (501, UNTITLED, ServerFault, "has not been implemented"),
    (503, b"", ServerFault, ""),
    (300, {"choices": [{"id": "v1.0"}]}, ServerFault, "not an answer to this request"),
]


def seen(status: int | None, body: object = b"", **headers: str) -> Seen:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    exchange = replace(EXCHANGE, status=status)
    return Seen(
        exchange, "compute", {name.replace("_", "-"): text for name, text in headers.items()}, content
    )


@pytest.mark.parametrize(("status", "body", "kind", "message"), REFUSALS)
def test_refusals(status: int, body: object, kind: type[ServiceError], message: str) -> None:
    error = error_of(seen(status, body))
    assert type(error) is kind
    assert message in error.message
    assert (error.status, error.component, error.cites) == (status, "nova", ("main:7",))
    assert f"GET http://controller:8774/v2/t/servers answered {status} (request id req-1)" in str(error)


def test_rate_limits_say_when_to_come_back() -> None:
    error = error_of(seen(413, RATE, Retry_After="6"))
    assert isinstance(error, RateLimited)
    assert error.retry_after == 6
    for odd in ("soon", "-3", "1e99"):
        again = error_of(seen(413, RATE, Retry_After=odd))
        assert isinstance(again, RateLimited)
        assert 0 <= again.retry_after <= 3600
    assert isinstance(error_of(seen(413, QUOTA, Retry_After="0")), OverQuota)


def test_no_answer() -> None:
    error = error_of(replace(seen(None), error="ConnectionRefusedError: refused"))
    assert isinstance(error, Unreachable)
    assert "was not answered" in str(error)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b"null", b'{"a": 1}', b"\xff\xfe", b"[" * 5000, b"{" * 5000]
)
def test_strange_bodies_are_no_defect(body: bytes) -> None:
    assert isinstance(message_of(body), str)
    assert len(error_of(seen(500, body)).message) <= 500
