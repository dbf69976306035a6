"""One page to be signed: it says what the banner says, fits on paper, and belongs to one report.json."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from harness.cli.signoff import signoff
from harness.errors import UsageError
from harness.evidence.folder import RunFolder, read_json
from reports.build import build
from reports.handover.checking import check
from reports.handover.signoff import LAB, LOUD, Signoff
from reports.handover.signoff import signoff as signoff_of
from reports.handover.signoff_pages import to_page, to_text
from reports.model import Report, Waiver
from reports.render import to_json
from tests.reports.browser import Browser, program
from tests.reports.handover.test_ticket import golden
from tests.reports.runs import RUNS
from tests.reports.test_hostile import CONTROL, hostile

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if program() is None:
        pytest.skip("no Chromium on this machine")
    with Browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def call(*words: str) -> tuple[int, str]:
    app = typer.Typer()
    app.command()(signoff)
    result = RUNNER.invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def page_of(folder: RunFolder, report: Report | None = None) -> Signoff:
    data = to_json(report or build(folder)).encode()
    return signoff_of(data, read_json(folder.run), "report.json")


def full(folder: RunFolder) -> Signoff:
    """More of everything than a page has room for."""
    report = build(folder)
    waiver = Waiver(
        target='compute.flavors["m1.small"].ram', reason="words " * 60, owner="somebody " * 20,
        ticket="T" * 300, until="2027-06-01T23:59:59Z", state="used", covers=[],
    )  # fmt: skip
    unverified = [each.model_copy(update={"reason": "because " * 50}) for each in report.unverified[:1]] * 40
    areas = [report.coverage.areas[0].model_copy(update={"name": f"area-{n}"}) for n in range(100)]
    packages = {
        f"{name}-common": {"v" * 300: "all"}
        for name in ("nova", "glance", "swift", "keystone", "mysql", "qemu")
    }
    return page_of(
        folder,
        report.model_copy(
            update={
                "banner": report.banner + " and more" * 200,
                "waivers": [waiver] * 30,
                "unverified": unverified,
                "causes": report.causes * 30,
                "doubles": report.doubles * 20,
                "coverage": report.coverage.model_copy(update={"areas": areas}),
                "discovered": report.discovered.model_copy(update={"packages": packages}),
                "run": report.run.model_copy(
                    update={"site": "s" * 500, "architecture": "a b" * 500, "lab": True}
                ),
            }
        ),
    )


@pytest.mark.parametrize("name", RUNS)
def test_the_text_is_the_golden_one(made: Callable[[str], RunFolder], name: str) -> None:
    golden(
        f"signoff-{name}.txt",
        re.sub("[0-9a-f]{64}", lambda m: f"({len(m[0])} digits)", to_text(page_of(made(name)))),
    )


@pytest.mark.parametrize("name", RUNS)
def test_page_and_text_say_what_the_banner_says_and_loudly_what_is_not_go(
    made: Callable[[str], RunFolder], name: str
) -> None:
    folder = made(name)
    report, page = build(folder), page_of(folder)
    for said in (to_text(page), to_page(page)):
        assert report.verdict in said
        assert all((LOUD[verdict] in said) is (verdict == report.verdict) for verdict in LOUD)
        assert (LAB in said) is report.run.lab
        assert "Accepted by" in said
        assert "sha256sum report.json" in said
    flat = " ".join(to_text(page).split())
    assert report.banner.removeprefix(f"{report.verdict}: ") in flat


def test_waivers_stand_there_with_owner_and_until(made: Callable[[str], RunFolder]) -> None:
    flat = " ".join(to_text(page_of(made("go"))).split())
    assert "small hosts (owner ops@example.net, OPS-17, until 2027-06-01)" in flat


def test_the_digest_is_what_sha256sum_says_of_the_file(made: Callable[[str], RunFolder]) -> None:
    folder = made("deviating")
    code, printed = call(str(folder.path))
    assert code == 0
    command = next(row for row in printed.splitlines() if "sha256sum" in row).rpartition(": ")[2].split()
    digest = subprocess.run(
        command, cwd=folder.path, capture_output=True, text=True, check=True
    ).stdout.split()[0]
    assert digest == hashlib.sha256(folder.report_json.read_bytes()).hexdigest()
    assert digest in printed


@pytest.mark.parametrize("option", ["--html", "--output"])
def test_a_page_belongs_to_its_report_and_to_no_other(
    made: Callable[[str], RunFolder], tmp_path: Path, option: str
) -> None:
    folder, other, file = made("deviating"), made("go"), tmp_path / "page"
    call(str(folder.path), option, str(file))
    assert call(str(folder.path), "--check", str(file)) == (
        0, f"{file}: it is the sign-off of this report.json (NO-GO), unchanged\n"
    )  # fmt: skip
    code, printed = call(str(other.path), "--check", str(file))
    assert (code, "another report.json" in printed) == (1, True)
    file.write_text(file.read_text().replace("NO-GO", "GO"))
    code, printed = call(str(folder.path), "--check", str(file))
    assert (code, "changed" in printed) == (1, True)
    folder.report_json.write_text(folder.report_json.read_text().replace('"exit_code": 1', '"exit_code": 0'))
    assert call(str(folder.path), "--check", str(file))[0] == 1


def test_what_is_no_page_is_said_to_be_none(made: Callable[[str], RunFolder], tmp_path: Path) -> None:
    page = page_of(made("go"))
    assert "no sign-off" in check(b"\xff\xfe" * 1000, page).said
    with pytest.raises(UsageError, match="No such file"):
        call(str(made("killed").path), "--check", str(tmp_path / "none"))
    with pytest.raises(UsageError, match="writes nothing"):
        call(str(made("deviating").path), "--check", "x", "--html", "y")


def test_another_site_has_another_print_wherever_its_file_lies(made: Callable[[str], RunFolder]) -> None:
    folder = made("go")
    facts = json.loads(folder.run.read_text())
    data = to_json(build(folder)).encode()
    prints = {
        signoff_of(data, {**facts, "site": {**facts["site"], **more}}, "x").site_print
        for more in ({}, {"path": "/elsewhere"}, {"hosts": {"controller": "10.0.0.1"}})
    }
    assert len(prints) == 2


def test_nothing_that_a_cloud_answered_acts_on_the_page(tmp_path: Path) -> None:
    report = hostile(tmp_path)
    page = signoff_of(to_json(report).encode(), {}, "report.json")
    for said in (to_text(page), to_page(page)):
        assert not CONTROL.search(said)
        assert len(said) < 20_000
    tags = {tag.lower() for tag in re.findall(r"<\s*/?([a-zA-Z]+\d?)", to_page(page))}
    assert not tags & {"script", "img", "svg", "iframe", "form", "a"}
    assert max(map(len, to_text(page).splitlines())) <= 96


@pytest.mark.browser
@pytest.mark.parametrize("name", ["go", "deviating", "full"])
def test_it_is_printed_on_one_page_of_a4_and_nothing_is_cut(
    browser: Browser, made: Callable[[str], RunFolder], tmp_path: Path, name: str
) -> None:
    page = full(made("deviating")) if name == "full" else page_of(made(name))
    (tmp_path / "page.html").write_text(to_page(page), encoding="utf-8")
    browser.clear()
    browser.open(tmp_path / "page.html")
    assert browser.errors == []
    told = browser.call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
    pdf = base64.b64decode(told["data"])
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[45][.\d]* 84[12][.\d]*\]", pdf)
    browser.size(688, 1000)  # what A4 leaves between its margins, in CSS pixels
    assert browser.run("document.documentElement.scrollWidth") <= 688
    wide = "(e) => e.clientWidth && e.scrollWidth > e.clientWidth + 1"
    clipped = f"[...document.querySelectorAll('main *')].filter({wide})"
    assert browser.run(f"{clipped}.length") == 0
