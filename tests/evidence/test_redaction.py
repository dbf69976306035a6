"""No secret enters a record, in whichever form; and the same look finds them all where redaction is off."""

from __future__ import annotations

import base64
import html
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.evidence import MARK, Recorder, Redactor, public_words, read_record, secret_names
from tests.evidence.canaries import found, found_in
from tests.evidence.rows import clause, table

CANARY = "cAnArY/7+x= é\"<&'\\%9"
HEX = "0f5a1b2c3d4e5f60718293a4b5c6d7e8"

FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "quoted": lambda s: quote(s),
    "quoted whole": lambda s: quote(s, safe=""),
    "form": quote_plus,
    "json": json.dumps,
    "json in ascii in json": lambda s: json.dumps(json.dumps({"a": s})),
    "html": html.escape,
    "base64 at 0": lambda s: base64.b64encode(s.encode()).decode(),
    "base64 at 1": lambda s: base64.b64encode(b"u" + s.encode() + b"!!").decode(),
    "base64 at 2": lambda s: base64.b64encode(b"u:" + s.encode() + b"?").decode(),
    "base64 for URLs": lambda s: base64.urlsafe_b64encode(b"admin:" + s.encode()).decode(),
    "base64 of html": lambda s: html.escape(base64.b64encode(s.encode()).decode()),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("redact", [True, False])
def test_a_registered_secret_is_cut_out_in_every_form(tmp_path: Path, form: str, redact: bool) -> None:
    path = tmp_path / "events.jsonl"
    with Recorder(path, redact=redact) as recorder:
        recorder.secret(CANARY)
        spelt = FORMS[form](CANARY)
        recorder.write(
            "check",
            sentence=f"text before {spelt}, and after",
            found={spelt: [spelt]},
            url=f"http://x/{spelt}",
        )
        recorder.write("exchange", request={"body": spelt.encode()}, response={"body": f"<p>{spelt}</p>"})
    assert bool(found(CANARY, path)) is not redact
    assert len(read_record(path)) == 2


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    secret=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=8, max_size=40),
    form=st.sampled_from(sorted(FORMS)),
    before=st.text(max_size=12),
    after=st.text(max_size=12),
)
def test_any_secret_in_any_form(secret: str, form: str, before: str, after: str) -> None:
    if secret in MARK or secret in json.dumps([before, after]):
        return
    redactor = Redactor()
    redactor.secret(secret)
    row = redactor.row({"t": 1.0, "text": before + FORMS[form](secret) + after})
    assert not [where for where in found_in(secret, row) if "base64" in form or "base64" not in where]
    assert json.loads(row)["t"] == 1.0


BODIES: dict[str, Callable[[str], str]] = {
    "token answer, tenant after": lambda s: (
        f'{{"access": {{"token": {{"expires": "x", "id": "{s}", "tenant": {{"id": "t1"}}}}}}}}'
    ),
    "token answer, tenant first": lambda s: (
        f'{{"access":{{"token":{{"tenant":{{"id":"t1","name":"n"}},"id":"{s}"}}}}}}'
    ),
    "token request": lambda s: f'{{"auth": {{"token": {{"id": "{s}"}}, "tenantName": "demo"}}}}',
    "password request": lambda s: (
        f'{{"auth": {{"passwordCredentials": {{"username": "a", "password": "{s}"}}}}}}'
    ),
    "server answer": lambda s: f'{{"server": {{"adminPass": "{s}", "id": "u"}}}}',
    "user answer": lambda s: f'{{"user": {{"extra": {{"password": "{s}"}}, "password": "{s}"}}}}',
    "keypair": lambda s: (
        f'{{"keypair": {{"private_key": "-----BEGIN PRIVATE KEY-----\\n{s}\\n-----END PRIVATE KEY-----"}}}}'
    ),
    "ec2 credentials": lambda s: f'{{"credential": {{"access": "AK", "secret": "{s}"}}}}',
    "cut short": lambda s: f'{{"auth": {{"password": "{s}',
    "with an escaped quote": lambda s: f'{{"password": "a\\"{s}"}}',
    "json in json": lambda s: json.dumps({"log": json.dumps({"password": f'a"{s}'})}),
    "trace-back": lambda s: f"TypeError: {{u'password': u'{s}', u'x': 1}}",
    "headers in a log": lambda s: f"GET / HTTP/1.1\nX-Auth-Token: {s}\nAccept: */*",
    "set-cookie": lambda s: f"Set-Cookie: session={s}; Path=/",
    "option file": lambda s: f"rabbit_password = {s}\nsql_connection=mysql://nova:{s}@controller/nova\n",
    "hash suffix": lambda s: f"[swift-hash]\nswift_hash_path_suffix = {s}\n",
    "key file": lambda s: f"-----BEGIN OPENSSH PRIVATE KEY-----\n{s}\n-----END OPENSSH PRIVATE KEY-----\n",
    "key file cut short": lambda s: f"-----BEGIN EC PRIVATE KEY-----\n{s}",
    "xml": lambda s: f'<passwordCredentials username="a" password="{s}"/>',
    "url of a token": lambda s: f"http://k:35357/v2.0/tokens/{s}/endpoints?belongsTo=t",
    "console url": lambda s: f"http://c:6080/vnc_auto.html?token={s}",
    "temporary url": lambda s: f"http://s/v1/a/c/o?temp_url_expires=9&temp_url_sig={s}",
}


@pytest.mark.parametrize("redact", [True, False])
@pytest.mark.parametrize("name", BODIES)
def test_a_secret_is_known_by_the_name_it_stands_under(tmp_path: Path, name: str, redact: bool) -> None:
    path = tmp_path / "events.jsonl"
    text = BODIES[name](HEX)
    with Recorder(path, redact=redact) as recorder:
        recorder.write(
            "exchange", url=text, request={"headers": {}, "body": text}, response={"body": text.encode()}
        )
        recorder.write("command", stdout=text, stderr=text, command=f"echo '{text}'")
        recorder.write("check", sentence=text, found=[text, {"a": text}])
    assert bool(found(HEX, path)) is not redact
    assert len(read_record(path)) == 3


HEADERS = [
    "X-Auth-Token",
    "x-storage-token",
    "X-Subject-Token",
    "Authorization",
    "Set-Cookie",
    "X-Auth-Key",
    "password",
]


@pytest.mark.parametrize("redact", [True, False])
@pytest.mark.parametrize("name", HEADERS)
def test_headers_and_members_by_name(tmp_path: Path, name: str, redact: bool) -> None:
    path = tmp_path / "events.jsonl"
    with Recorder(path, redact=redact) as recorder:
        recorder.write("exchange", request={"headers": {name: HEX}}, response={"headers": [[name, HEX]]})
        recorder.write("observation", observed={"deep": [{name: [HEX, {"x": HEX}]}]})
    assert bool(found(HEX, path)) is not redact


def test_a_token_once_met_is_known_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with Recorder(path) as recorder:
        recorder.write("exchange", response={"body": BODIES["token answer, tenant first"](HEX)})
        recorder.write("check", sentence=f"the log says {quote(HEX)}")
        recorder.write("check", sentence=base64.b64encode(f"x{HEX}".encode()).decode())
    assert not found(HEX, path)


def test_no_secret_is_cut_in_two_by_the_head_of_a_body(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for shift in range(0, len(CANARY) + 2, 3):
        with Recorder(path) as recorder:
            recorder.secret(CANARY)
            text = "x" * (2048 - shift) + CANARY + "y" * 3000
            recorder.write("exchange", response={"body": text})
            recorder.write("exchange", response={"body": b"\xff" + text.encode()})
            recorder.write(
                "command", stdout='{"password": "' + "q" * (2030 - shift) + CANARY + '"}' + "z" * 999
            )
    text = path.read_text()
    for size in (len(CANARY), 12, 8):
        assert CANARY[:size] not in text
        assert json.dumps(CANARY[:size])[1:-1] not in text


def test_no_name_is_passed_over_before_it_is_looked_for() -> None:
    for name in secret_names.NAMES:
        assert Redactor().text(f'{{"{name}": "{HEX}"}}') == f'{{"{name}": "{MARK}"}}'
        assert Redactor().text(f'{{"{name.upper()}": "{HEX}"}}').endswith(f'"{MARK}"}}')


def test_a_token_is_cut_out_of_what_stands_before_its_name() -> None:
    row = Redactor().row({"t": 1, "url": f"http://x/{HEX}", "request": {"headers": {"X-Auth-Token": HEX}}})
    assert HEX not in row


@pytest.mark.parametrize("text", ["line\newpassword", "\x00u0000abcdef", "\\backslash", '"quotation"'])
def test_a_cut_never_goes_through_an_escape(text: str) -> None:
    redactor = Redactor()
    redactor.secret("newpassword", "u0000abcdef", "backslash", "quotation", "0000abcdef", "\\\\back")
    assert json.loads(redactor.row({"t": 1, "text": text}))["t"] == 1


def test_numbers_and_odd_things_are_no_way_around(tmp_path: Path) -> None:
    redactor = Redactor()
    redactor.secret("12345678", "odd-secret")
    row = redactor.row(
        {"t": 12345678, "found": [12345678, Path("/odd-secret"), {"odd-secret"}, {12345678: b"odd-secret"}]}
    )
    assert json.loads(row)["t"] == 12345678
    assert row.count("12345678") == 1
    assert "odd-secret" not in row


def test_other_ids_stay_readable() -> None:
    redactor = Redactor()
    body = BODIES["token answer, tenant first"](HEX)
    assert '\\"id\\":\\"t1\\"' in redactor.row({"t": 1, "body": body})
    assert redactor.text("tokens/minute: 12") == "tokens/minute: 12"
    assert redactor.text("tenant_id=abc password reset done") == "tenant_id=abc password reset done"


def test_a_word_of_the_description_is_no_secret_except_by_name() -> None:
    redactor = Redactor(public=["controller", "admin"])
    redactor.secret("controller", "admin", "abc")
    row = redactor.row({"t": 1, "node": "controller abc", "body": '{"password": "controller"}'})
    assert json.loads(row) == {"t": 1, "node": "controller abc", "body": f'{{"password": "{MARK}"}}'}


def test_the_words_of_a_description() -> None:
    words = public_words(
        table(clause("nodes.controller.roles", ["database", "bus"]), clause("compute.scheduler", "filter"))
    )
    assert words == {"nodes", "controller", "roles", "database", "bus", "compute", "scheduler", "filter"}


def test_a_secret_that_is_a_field_name_leaves_the_row_readable(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with Recorder(path) as recorder:
        recorder.secret("scenario", "exchange", "worker", "observed")
        recorder.write("exchange", observed="scenario", worker_name="exchange")
    (row,) = read_record(path)
    assert (row["kind"], row["observed"]) == ("exchange", MARK)


def test_a_hostile_text_takes_no_long_time() -> None:
    redactor = Redactor()
    redactor.secret(CANARY)
    parts = [
        '"password":"',
        '\\"',
        "\\",
        "{",
        '"token":{',
        '"token":{"a":"b",',
        "://",
        "://a:b",
        "-----BEGIN ",
        "password",
        "tokens/",
        "'",
    ]
    begin = time.process_time()
    for part in parts:
        redactor.row({"t": 1, "text": part * (200_000 // len(part))})
    assert time.process_time() - begin < 10


def test_deep_nesting_is_bounded() -> None:
    deep: Any = HEX
    for _ in range(200):
        deep = [deep]
    assert HEX not in Redactor().row({"t": 1, "observed": {"password": deep}})
    assert MARK in Redactor().row({"t": 1, "observed": deep})
