"""A shared report names nobody, tells what happened, and is not written where that cannot be shown."""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from harness.cli.report import report as report_verb
from harness.errors import DeployDayError, UsageError
from harness.evidence.folder import RunFolder
from reports.build import build
from reports.compare.build import compare
from reports.compare.reading import read as read_side
from reports.handover.share import sharing
from reports.handover.share.names import Names
from reports.handover.share.proof import left
from reports.handover.share.pseudonyms import Pseudonyms
from reports.handover.share.renaming import Renamer
from reports.handover.share.sharing import key_of, share, write
from reports.handover.share.words import telling
from reports.model import Report
from reports.record import read
from tests.reports.handover.failing import HOME, failing
from tests.reports.test_hostile import CONTROL, NASTY

KEY = b"k" * 32
SECRET = {
    "host": "acme-nova-02",
    "full name": "acme-nova-02.dc1.acme.example",
    "domain": "intranet.acme.example",
    "address": "10.20.0.2",
    "another": "2001:db8:77::1:2",
    "MAC": "00:1b:21:aa:bb:cc",
    "e-mail": "jane.roe@acme.example",
    "tenant": "wile-e-coyote",
    "path": f"{HOME}/jroe/keys",
    "uuid": "7b2e0f3c-9d1a-4e55-8c11-0123456789ab",
    "request": "req-5f0d77aa-1234-4abc-9def-001122334455",
    "fingerprint": "SHA256:" + "Ab1" * 14 + "x",
    "print": ":".join(["a1"] * 15 + ["b2"]),
    "token": "0a" * 16,
    "site": "acme-rack7",
    "person": "jdoe",
}
TEXT = (
    " ".join(SECRET.values())
    + f' {{"tenantName": "{SECRET["tenant"]}"}} https://{SECRET["domain"]}:8774/v2 '
    + " ".join(quote(f"x {value} y", safe="") for value in SECRET.values())
    + " "
    + " ".join(base64.b64encode(f"of {value} !".encode()).decode() for value in SECRET.values())
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, dict[str, str]]:
    folder = failing(tmp_path_factory.mktemp("run"), text=TEXT)
    report = build(folder)
    return report, share(report, read(folder), KEY)


def words_of(text: str) -> str:
    """A text in every form in which something could be hidden in it."""
    runs = [run for run in re.findall(r"[A-Za-z0-9+/]{12,}", text) if len(run) % 4 != 1]
    packed = [repr(base64.b64decode(run + "=" * (-len(run) % 4))) for run in runs]
    return "\n".join([text, unquote(text), *packed])


@pytest.mark.parametrize("what", SECRET)
def test_nothing_of_whose_it_is_is_left_in_any_file(shared: tuple[Report, dict[str, str]], what: str) -> None:
    report, texts = shared
    assert SECRET[what] in report.model_dump_json() or what == "person"
    for name, text in texts.items():
        assert SECRET[what].lower() not in words_of(text).lower(), name


@pytest.mark.parametrize("word", ["acme", "jdoe", "jroe", "coyote", "10.20.0", "compute-team"])
def test_no_part_of_a_name_is_left(shared: tuple[Report, dict[str, str]], word: str) -> None:
    assert not [name for name, text in shared[1].items() if word in words_of(text).lower()]


def test_what_happened_can_still_be_read(shared: tuple[Report, dict[str, str]]) -> None:
    report, texts = shared
    told = Report.model_validate_json(texts["report.json"])
    assert (told.verdict, told.exit_code, told.banner) == (report.verdict, report.exit_code, report.banner)
    assert [each.id for each in told.scenarios] == [each.id for each in report.scenarios]
    assert [each.duration for each in told.scenarios] == [each.duration for each in report.scenarios]
    assert [each.verdict for each in told.scenarios] == [each.verdict for each in report.scenarios]
    assert "the server went to ERROR" in told.causes[0].symptom
    assert 'compute.flavors["m1.tiny"].ram' in {clause.path for clause in told.clauses}
    assert told.run.version == report.run.version
    assert {each.version for each in told.scenarios} == {each.version for each in report.scenarios}


def test_one_host_has_one_name_wherever_it_stands(shared: tuple[Report, dict[str, str]]) -> None:
    told = Report.model_validate_json(shared[1]["report.json"])
    subjects = [each.subject for each in told.scenarios if each.subject]
    assert len(set(subjects)) == 6
    assert all(f"nodes.{subject}.roles" in {clause.path for clause in told.clauses} for subject in subjects)
    failed = [each for each in told.scenarios if each.verdict == "fail" and each.subject]
    explained = {key for cause in told.causes for key in cause.scenarios}
    assert {f"{each.id}[{each.subject}]" for each in failed} <= explained


def test_with_one_key_two_runs_are_renamed_alike_and_compared(tmp_path: Path) -> None:
    sides = []
    for n, key in enumerate((KEY, KEY, b"another key, of 32 bytes and mor")):
        folder = failing(tmp_path / f"run{n}")
        write(tmp_path / f"shared{n}", share(build(folder), read(folder), key))
        sides.append(read_side(tmp_path / f"shared{n}"))
    assert sides[0].scenarios.keys() == sides[1].scenarios.keys()
    assert sides[0].configuration == sides[1].configuration
    assert sides[0].scenarios.keys() != sides[2].scenarios.keys()
    assert compare(sides[:2])


def test_a_field_that_keeps_an_original_is_named_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = failing(tmp_path / "run")
    true = sharing._walk
    monkeypatch.setattr(
        sharing, "_walk", lambda thing, by, name: thing if name == "because" else true(thing, by, name)
    )
    report = build(folder).model_copy(update={"because": ["it was acme-nova-03"]})
    with pytest.raises(DeployDayError) as refused:
        share(report, read(folder), KEY)
    assert "because[0]: host is left" in str(refused.value)
    assert "acme" not in str(refused.value)


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "x{}y",
        "<b>{}</b>",
        lambda word: quote(word, safe="").replace("a", "%61"),
        lambda word: "".join(f"&#{ord(each)};" for each in word),
        lambda word: "".join(f"\\u{ord(each):04x}" for each in word),
        lambda word: base64.b64encode(f"!{word}?".encode()).decode(),
        lambda word: base64.b64encode(f"!!{word}".encode()).decode(),
        lambda word: base64.urlsafe_b64encode(f"~~~{word}???".encode()).decode().rstrip("="),
        str.upper,
    ],
    ids=range(10),
)
@pytest.mark.parametrize("word", ["acme-nova-03", "7b2e0f3c-9d1a-4e55-8c11-0123456789ab"])
def test_the_proof_finds_an_original_in_every_form(form: object, word: str) -> None:
    kind = "host" if word.startswith("acme") else "id"
    said = form.format(word) if isinstance(form, str) else form(word)  # type: ignore[operator]
    assert left({"a": f"well {said} then"}, {word: kind}, ()) == [("a", kind)]
    assert left({"a": "well other then"}, {word: kind}, ()) == []


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_hostile_texts_are_shared_as_harmlessly(tmp_path: Path, text: str) -> None:
    folder = failing(tmp_path, text=text[:20_000] + " acme-nova-02")
    texts = share(build(folder), read(folder), KEY)
    for name in ("report.html", "summary.md"):
        assert not CONTROL.search(texts[name])
    assert not any("acme" in words_of(each) for each in texts.values())


ADDRESSES = st.ip_addresses(v=4).map(str)


@settings(max_examples=60, deadline=None)
@given(ADDRESSES, ADDRESSES, st.integers(8, 31))
def test_what_shares_a_subnet_shares_one_afterwards_and_no_two_become_one(
    one: str, other: str, length: int
) -> None:
    drawn = Pseudonyms(KEY)
    neighbour = str(ipaddress.ip_address(int(ipaddress.ip_address(one)) ^ 1))
    nets = [
        ipaddress.ip_network(f"{drawn.address(each)}/{length}", strict=False) for each in (one, neighbour)
    ]
    same = [each for each in (one, neighbour) if drawn.address(each) == each]
    assert nets[0] == nets[1] or same
    assert (
        (drawn.address(one) == drawn.address(other)) is (one == other)
        or same
        or drawn.address(other) == other
    )


def test_networks_masks_and_everybodys_addresses_stay_what_they_are() -> None:
    by = Renamer(Names(), Pseudonyms(KEY))
    same = "255.255.252.0 127.0.0.1 169.254.169.254 0.0.0.0/0 :: at 12:34:56 in 2012.1.3"
    network, _, rest = by.text(f"10.0.4.0/22 {same}").partition(" ")
    assert ipaddress.ip_network(network).prefixlen == 22
    assert (network != "10.0.4.0/22", rest) == (True, same)


@pytest.mark.parametrize(
    ("name", "tells"), [("acme-nova-01", True), ("compute-1", False), ("admin", False), ("r1", False)]
)
def test_a_name_of_everybodys_words_tells_nothing(name: str, tells: bool) -> None:
    assert telling(name) is tells


def test_a_range_of_hosts_does_not_tell_what_they_are_called() -> None:
    nodes = {f"acme-nova-{n:02}" for n in range(1, 6)}
    by = Renamer(Names(dict.fromkeys(nodes, "host"), nodes), Pseudonyms(KEY))
    told = by.text("4 of 6: acme-nova-[01:03], -05 do not answer")
    assert told.count("host-") == 4
    assert told.endswith(" do not answer")
    assert len(set(by.text("ACME-NOVA-04 acme-nova-04 acme-nova-04").split())) == 1


def test_a_host_with_its_domain_is_called_as_both_are_by_themselves() -> None:
    names = Names()
    names.add("host", "acme-nova-01")
    names.add("domain", "dc1.acme.example")
    names.add("host", "acme-nova-01.dc1.acme.example")
    by = Renamer(names, Pseudonyms(KEY))
    full = by.text("acme-nova-01.dc1.acme.example")
    assert full == f"{by.text('acme-nova-01')}.{by.text('dc1.acme.example')}"


@pytest.mark.parametrize(
    "said", ["at acme-no…", "GET /servers/7b2e0f3c-9d1…", "from 10.20.0…", "of acme-nova"]
)
def test_what_was_cut_in_the_middle_tells_no_beginning(said: str) -> None:
    by = Renamer(Names({"acme-nova-01": "host"}, {"acme-nova-01"}), Pseudonyms(KEY))
    told = by.text(said)
    assert not re.search(r"acme|7b2e|10\.20", told)


def call(*words: str) -> int:
    app = typer.Typer()
    app.command()(report_verb)
    result = CliRunner().invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code


def test_the_verb_writes_a_folder_or_a_file_and_makes_a_key_once(
    made: Callable[[str], RunFolder], tmp_path: Path
) -> None:
    run, key = str(made("go").path), str(tmp_path / "key")
    assert call(run, "--share", str(tmp_path / "out"), "--share-key", key) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(sharing.FILES)
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    assert call(run, "--share", str(tmp_path / "one.json"), "--share-key", key) == 0
    assert json.loads((tmp_path / "one.json").read_text()) == json.loads(
        (tmp_path / "out/report.json").read_text()
    )
    with pytest.raises(UsageError, match="something already"):
        call(run, "--share", str(tmp_path))
    with pytest.raises(UsageError, match="--share DIR"):
        call(run, "--share-key", key)
    with pytest.raises(UsageError, match="without -o and -f"):
        call(run, "--share", str(tmp_path / "new"), "-f", "json")


def test_a_key_is_long_enough(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("short\n")
    with pytest.raises(UsageError, match="not a key"):
        key_of(tmp_path / "key")
    assert key_of(None) != key_of(None)
