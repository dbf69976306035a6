"""Each filter that breaks the proxy changes what its fault says and nothing else; before a small app."""

import json
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pytest

from harness.lab.objects import broken_contents as contents
from harness.lab.objects import broken_facts as facts
from harness.lab.objects.filters import Environ, Factory, Start

ACCOUNT, CONTAINER, OBJECT = "/v1/AUTH_t", "/v1/AUTH_t/c", "/v1/AUTH_t/c/o"
META = "HTTP_X_OBJECT_META_"


class App:
    """Answers what it is told and keeps what it was asked."""

    def __init__(self, body: bytes = b"0123456789", status: str = "200 OK", **headers: str) -> None:
        self.body, self.status = body, status
        self.headers = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.asked: list[Environ] = []

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        self.asked.append(dict(environ))
        start(self.status, [*self.headers, ("Content-Length", str(len(self.body)))])
        return [self.body]


def send(factory: Factory, app: App, method: str, path: str, **words: Any) -> tuple[str, bytes]:
    """Status and body of one request through the filter."""
    said: list[str] = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": BytesIO(b"")} | words
    body = b"".join(factory({})(app)(environ, lambda status, *_: said.append(status)))
    return said[-1], body


def test_nothing_is_padded_and_what_joins_is_not() -> None:
    app = App()
    for more in ({}, {"HTTP_X_COPY_FROM": "/c/p"}, {"HTTP_X_OBJECT_MANIFEST": "c/p"}):
        send(contents.nothing_padded, app, "PUT", OBJECT, CONTENT_LENGTH="0", **more)
    assert [asked["CONTENT_LENGTH"] for asked in app.asked] == ["1", "0", "0"]


def test_chunks_lose_their_end() -> None:
    app, body = App(), BytesIO(b"x" * 5000)
    send(contents.chunks_lost, app, "PUT", OBJECT, HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": body})
    assert app.asked[0]["CONTENT_LENGTH"] == "4000" == str(len(app.asked[0]["wsgi.input"].read()))


def test_no_length_is_confirmed_and_a_length_passes() -> None:
    app = App(status="411 Length Required")
    assert send(contents.no_length_confirmed, app, "PUT", OBJECT)[0] == "201 Created"
    assert send(contents.no_length_confirmed, app, "PUT", OBJECT, CONTENT_LENGTH="3")[0] == app.status


@pytest.mark.parametrize("size", [10, 1 << 20, (1 << 20) + 1])
def test_large_objects_end_at_a_megabyte(size: int) -> None:
    body = send(contents.large_truncated, App(b"x" * size), "GET", OBJECT)[1]
    assert len(body) == min(size, 1 << 20)


@pytest.mark.parametrize(
    ("factory", "name"),
    [
        (contents.range_ignored, "HTTP_RANGE"),
        (contents.conditions_ignored, "HTTP_IF_MATCH"),
        (contents.conditions_ignored, "HTTP_IF_NONE_MATCH"),
        (contents.conditions_ignored, "HTTP_IF_MODIFIED_SINCE"),
        (contents.conditions_ignored, "HTTP_IF_UNMODIFIED_SINCE"),
    ],
)
def test_words_of_a_request_are_lost(factory: Factory, name: str) -> None:
    app = App()
    send(factory, app, "GET", OBJECT, **{name: "x"})
    send(factory, app, "GET", CONTAINER, **{name: "x"})
    assert [name in asked for asked in app.asked] == [False, True]


def test_segments_are_swapped_of_joined_objects_only() -> None:
    joined = App(b"firstothers", X_Object_Manifest="c/p")
    assert send(contents.segments_swapped, joined, "GET", OBJECT)[1] == b"othersfirst"
    assert send(contents.segments_swapped, App(b"firstother"), "GET", OBJECT)[1] == b"firstother"


def test_a_manifest_without_prefix_is_no_manifest() -> None:
    app = App()
    for manifest in ("nowhere", "c/p"):
        send(contents.manifest_unchecked, app, "PUT", OBJECT, HTTP_X_OBJECT_MANIFEST=manifest)
    assert ["HTTP_X_OBJECT_MANIFEST" in asked for asked in app.asked] == [False, True]


@pytest.mark.parametrize("name", ["HTTP_X_DELETE_AFTER", "HTTP_X_DELETE_AT"])
def test_objects_live_for_ever(name: str) -> None:
    app = App()
    send(contents.expiry_ignored, app, "PUT", OBJECT, **{name: "1"})
    assert name not in app.asked[0]


def test_a_change_of_metadata_is_looked_up_only() -> None:
    app, missing = App(), App(status="404 Not Found")
    token = {"HTTP_X_AUTH_TOKEN": "any"}
    assert send(facts.metadata_kept, app, "POST", OBJECT, **token)[0] == "202 Accepted"
    assert send(facts.metadata_kept, missing, "POST", OBJECT, **token)[0] == "404 Not Found"
    send(facts.metadata_kept, app, "POST", OBJECT)
    asked = [each["REQUEST_METHOD"] for each in (*app.asked, *missing.asked)]
    assert asked == ["HEAD", "POST", "HEAD"]


def test_metadata_are_cut_to_what_is_allowed() -> None:
    app = App()
    send(facts.metadata_cut, app, "PUT", OBJECT, **{META + "K" * 129: "v", META + "A": "v" * 257})
    assert {app.asked[0][META + "K" * 128], app.asked[0][META + "A"]} == {"v", "v" * 256}


def test_copies_are_bare() -> None:
    app = App()
    send(facts.copies_bare, app, "COPY", OBJECT)
    send(facts.copies_bare, app, "PUT", OBJECT, HTTP_X_COPY_FROM="/c/p")
    send(facts.copies_bare, app, "PUT", OBJECT)
    assert ["HTTP_X_FRESH_METADATA" in asked for asked in app.asked] == [True, True, False]


def test_an_account_is_not_listed_as_json() -> None:
    listed = App(b"[]", Content_Type="application/json; charset=utf-8")
    assert send(facts.account_unlisted, listed, "GET", ACCOUNT)[0].startswith("503")
    assert send(facts.account_unlisted, listed, "GET", CONTAINER)[0] == "200 OK"
    refused = App(status="401 Unauthorized", Content_Type="application/json")
    assert send(facts.account_unlisted, refused, "GET", ACCOUNT)[0] == refused.status


def test_listings_lose_words_of_the_query() -> None:
    app, query = App(), "format=json&marker=a&end_marker=b&delimiter=/&path=p&limit=2"
    send(facts.markers_ignored, app, "GET", CONTAINER, QUERY_STRING=query)
    send(facts.delimiter_ignored, app, "GET", CONTAINER, QUERY_STRING=query)
    kept = ["format=json&delimiter=/&path=p&limit=2", "format=json&marker=a&end_marker=b&limit=2"]
    assert [asked["QUERY_STRING"] for asked in app.asked] == kept


def test_names_are_mangled() -> None:
    rows = json.dumps([{"name": "☃.txt", "bytes": 1}, {"subdir": "a/"}]).encode()
    body = send(facts.names_mangled, App(rows), "GET", CONTAINER)[1]
    assert json.loads(body) == [{"name": "?.txt", "bytes": 1}, {"subdir": "a/"}]
    assert send(facts.names_mangled, App(b""), "GET", CONTAINER)[1] == b""


def test_readers_are_lost() -> None:
    app = App()
    send(facts.readers_ignored, app, "POST", CONTAINER, HTTP_X_CONTAINER_READ=".r:*")
    assert "HTTP_X_CONTAINER_READ" not in app.asked[0]


def test_whoever_has_a_token_may_change_objects() -> None:
    app = App()
    send(facts.foreign_writable, app, "POST", OBJECT, HTTP_X_AUTH_TOKEN="any")
    send(facts.foreign_writable, app, "POST", OBJECT)
    send(facts.foreign_writable, app, "POST", CONTAINER, HTTP_X_AUTH_TOKEN="any")
    assert ["swift.authorize_override" in asked for asked in app.asked] == [True, False, False]
