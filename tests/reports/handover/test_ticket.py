"""A ticket says of one cause what somebody needs who was not there, and its bundle holds that part alone."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import tarfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
import typer
from typer.testing import CliRunner

from harness.cli.ticket import ticket
from harness.errors import UsageError
from harness.evidence.folder import RunFolder
from reports.build import build
from reports.handover.archive import SUMS
from reports.handover.bundle import LARGEST, files
from reports.handover.ticket import ticket as ticket_of
from reports.handover.ticket_markdown import fenced, to_markdown
from reports.history.opening import ask
from reports.record import read
from tests.reports.handover.failing import HOME, failing
from tests.reports.test_hostile import CONTROL, NASTY

GOLDEN = Path(__file__).parent / "golden"
RUNNER = CliRunner()
CANARY = "c4n4ry/pass word+1234"


def call(*words: str) -> str:
    app = typer.Typer()
    app.command()(ticket)
    result = RUNNER.invoke(app, list(words))
    if result.exception:
        raise result.exception
    return result.stdout


def golden(name: str, written: str) -> None:
    path = GOLDEN / name
    if os.environ.get("DEPLOYDAY_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(written, encoding="utf-8")
    assert written == path.read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return failing(tmp_path)


@pytest.mark.parametrize("number", ["1", "2"])
def test_the_ticket_is_the_golden_one(folder: RunFolder, number: str) -> None:
    golden(f"ticket-{number}.md", call(str(folder.path), number).replace(HOME, "(home)"))


def test_without_a_cause_they_are_listed_as_the_report_numbers_them(folder: RunFolder) -> None:
    rows = call(str(folder.path)).splitlines()
    assert [row.split()[0] for row in rows] == ["1", "2"]
    assert "compute.boots_on_host failed on 2 of 6 (02, 03, all rack A)" in rows[0]


def test_a_run_without_a_cause_says_so(made: Callable[[str], RunFolder]) -> None:
    assert call(str(made("go").path)) == "GO: there is no cause to write a ticket of\n"


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        ("1", 1),
        ("compute.boots_on_host", 1),
        ("compute.boots_on_host[acme-nova-03]", 1),
        ("compute.boot", 1),
        ("compute.flavors", 2),
        ('compute.flavors["m1.tiny"].ram', 2),
    ],
)
def test_a_cause_is_found_by_number_scenario_or_statement(
    folder: RunFolder, wanted: str, number: int
) -> None:
    assert f"cause {number} of 2 |" in call(str(folder.path), wanted)


@pytest.mark.parametrize("wanted", ["0", "3", "-1", "compute.flavor", "\x1b[31m", "9" * 5000])
def test_what_names_no_cause_is_wrong_usage_and_says_what_there_is(folder: RunFolder, wanted: str) -> None:
    with pytest.raises(UsageError) as refused:
        call(str(folder.path), "--", wanted)
    assert "1 to 2" in str(refused.value)
    assert not CONTROL.search(str(refused.value).replace("\n", ""))
    assert len(str(refused.value)) < 1000


def test_hosts_are_ranges_with_their_share(folder: RunFolder) -> None:
    assert "| hosts | `acme-nova-02, -03 (2 of 6, all rack A)` |" in call(str(folder.path), "1")


def test_an_owner_is_that_of_the_area_else_whoever_has_the_rest(folder: RunFolder) -> None:
    assert "| owner | `compute-team@acme.example` |" in call(str(folder.path), "2")
    report, record = build(folder), read(folder)
    facts = json.loads(folder.run.read_text())
    facts["site"]["owners"] = {"default": "ops"}
    folder.run.write_text(json.dumps(facts))
    assert ticket_of(report, read(folder), 1).owner == "ops"
    assert ticket_of(report, record, 1).area == "compute"


def test_first_seen_comes_from_the_index_where_there_is_one(tmp_path: Path) -> None:
    runs = [failing(tmp_path / str(day)) for day in (1, 2)]
    home = tmp_path / "runs"
    home.mkdir()
    for day, run in enumerate(runs, 14):
        facts = json.loads(run.run.read_text())
        name = f"202701{day}T080000-acme-rack7-3f2{day % 10}"
        facts |= {"id": name, "started": facts["started"] + (day - 15) * 86400}
        run.run.write_text(json.dumps(facts))
        run.path.rename(home / name)
    latest = home / "20270115T080000-acme-rack7-3f25"
    assert "first seen" not in call(str(latest), "1")
    ask(home, lambda index: None)
    assert (
        "first seen | 2027-01-14 08:00 UTC, run `20270114T080000-acme-rack7-3f24`, 2 runs in a row"
        in call(str(latest), "1")
    )


def test_the_bundle_holds_what_belongs_to_the_cause_and_nothing_else(
    folder: RunFolder, tmp_path: Path
) -> None:
    call(str(folder.path), "compute.flavors", "--bundle", str(tmp_path / "b.tar.gz"))
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        found = {each.name: archive.extractfile(each).read() for each in archive}  # type: ignore[union-attr]
        assert all(each.isreg() and each.mode == 0o600 and each.uid == 0 for each in archive)
    rows = [json.loads(row) for row in found["events.jsonl"].splitlines()]
    assert {row["scenario"] for row in rows} == {"compute.flavors"}
    assert {"hosts/acme-nova-05.json", "ticket.md", "cause.json"} <= found.keys()
    assert "hosts/acme-nova-02.json" not in found
    paths = [each["path"] for each in json.loads(found["architecture.json"])["clauses"]]
    assert 'compute.flavors["m1.tiny"].ram' in paths
    assert "region" not in paths
    for row in found[SUMS].decode().splitlines():
        digest, name = row.split("  ")
        assert hashlib.sha256(found[name]).hexdigest() == digest


def test_the_same_run_gives_the_same_bytes(folder: RunFolder, tmp_path: Path) -> None:
    for name in ("a.tar.gz", "b.tar.gz"):
        call(str(folder.path), "1", "--bundle", str(tmp_path / name))
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()


def test_a_folder_is_new_and_for_its_owner_alone(folder: RunFolder, tmp_path: Path) -> None:
    call(str(folder.path), "1", "--bundle", str(tmp_path / "new"))
    assert (tmp_path / "new" / "logs" / "compute.boots_on_host-acme-nova-02.txt").stat().st_mode & 0o077 == 0
    with pytest.raises(UsageError, match="something already"):
        call(str(folder.path), "1", "--bundle", str(tmp_path / "new"))
    with pytest.raises(UsageError, match=r"FILE\.tar\.gz or a folder"):
        call(str(folder.path), "1", "--bundle", str(tmp_path / "b.zip"))


def spelt() -> set[str]:
    return {CANARY, quote(CANARY, safe=""), base64.b64encode(CANARY.encode()).decode()}


def test_no_secret_that_has_a_name_is_in_a_bundle_even_where_the_record_kept_one(tmp_path: Path) -> None:
    folder = failing(
        tmp_path, text=f'{{"password": "{CANARY}"}} X-Auth-Token: {CANARY} {" ".join(sorted(spelt()))}'
    )
    report, record = build(folder), read(folder)
    written = ticket_of(report, record, 1)
    found = files(written, record, folder, to_markdown(written))
    assert found["events.jsonl"].count(b"No space left") == 2
    assert not [(name, form) for form in spelt() for name, data in found.items() if form.encode() in data]


def test_nothing_outside_of_the_run_gets_into_a_bundle(tmp_path: Path) -> None:
    folder = failing(tmp_path / "run")
    (tmp_path / "secret.txt").write_text("of another place")
    rows = folder.events.read_text()
    folder.events.write_text(rows.replace("logs/compute.boots_on_host-acme-nova-03.txt", "../../secret.txt"))
    record = read(folder)
    written = ticket_of(build(folder), record, 1)
    for path in (folder.path / "logs").iterdir():
        path.unlink()
        path.symlink_to(tmp_path / "secret.txt")
    for path in (folder.path / "hosts").iterdir():
        path.unlink()
        os.mkfifo(path)
    found = files(written, record, folder, "")
    assert found.keys() == {"ticket.md", "cause.json", "architecture.json", "events.jsonl"}
    assert not any(b"of another place" in data for data in found.values())


def test_a_bundle_is_bounded(tmp_path: Path) -> None:
    folder = failing(tmp_path, text="x" * 700_000)
    for path in [*(folder.path / "logs").iterdir(), *(folder.path / "hosts").iterdir()]:
        path.write_text("many words\n" * 500_000)
    written = ticket_of(build(folder), read(folder), 1)
    found = files(written, read(folder), folder, to_markdown(written))
    assert sum(map(len, found.values())) <= LARGEST
    kinds = {json.loads(row)["kind"] for row in found["events.jsonl"].splitlines()}
    assert {"verdict", "log", "step"} <= kinds


@pytest.mark.parametrize("text", [*NASTY, "\ud800 lone", "```\nout"], ids=range(len(NASTY) + 2))
def test_no_text_of_a_cloud_breaks_a_ticket(tmp_path: Path, text: str) -> None:
    folder = failing(tmp_path, text=text.encode("utf-8", "backslashreplace").decode())
    for cause in ("1", "2"):
        written = call(str(folder.path), cause, "--bundle", str(tmp_path / f"{cause}.tar.gz"))
        assert not CONTROL.search(written)
        assert len(written) < 40_000
        bare = re.sub(
            r"^(`{3,}).*?^\1$|(`+)(?!`).*?\2", "", written.replace("\\`", ""), flags=re.DOTALL | re.MULTILINE
        )
        assert not re.search(r"(?<!\\)<(script|img|svg)", bare)
        assert "@everyone" not in bare
        with tarfile.open(tmp_path / f"{cause}.tar.gz") as archive:
            assert "ticket.md" in archive.getnames()


def test_a_fence_cannot_be_left() -> None:
    assert fenced(["a", "````", "b"]).startswith("`````\n")
