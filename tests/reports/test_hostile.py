"""Whatever a cloud answers, no format lets it act: no page, terminal, XML file or merge request."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.folder import RunFolder
from reports.build import build
from reports.model import Report
from reports.render import FORMATS
from reports.render.markdown import code, prose
from reports.text import line, plain, value
from tests.reports.runs import NOVA
from tests.reports.stage import Stage, clause, planned

NASTY = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "\x1b[31mred\x1b]8;;http://evil\x07link",
    "[red]markup[/red][link=http://evil]",
    "\u202egnp.exe\u2066",
    "zero\u200bwidth\ufeff",
    "]]>&amp;<!--",
    "nul\x00bell\x07back\x08\x9b31m",
    "| pipe | `tick` ``` @everyone #1 ![x](http://evil)",
    "{{ 7*7 }}{% raw %}",
    "line\nbreak\r\nand\u2028more",
    "x" * 100_000,
]
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def hostile(home: Path) -> Report:
    """One failing story per nasty text, which stands wherever a cloud, a host or a file can put one."""
    rows = [clause("region", text) for text in NASTY[:1]]
    rows += [clause(f'images["{n}"].status', text, level="should") for n, text in enumerate(NASTY)]
    plan = [planned(f"images.nasty_{n}", "images", text[:200]) for n, text in enumerate(NASTY)]
    stage = Stage(home, rows=rows, plan=plan)
    for n, text in enumerate(NASTY):
        with (
            stage.story(f"images.nasty_{n}", "failed", reason=text, component=text[:40]),
            stage.told(1, text, text),
        ):
            row = stage.exchange(
                "image", "GET", text, 500, request_id=text, error=text, answer=text, asked=text
            )
            stage.row(
                "command", host=text, command=text, component="ssh", status=1, stdout=text, stderr=text, ms=1
            )
            stage.row("wait", what=text, goal=text, limit=1.0, outcome=text, transitions=[[text, 1.0]])
            stage.row("check", sentence=text, ok=False, expected=text, found=text, cites=[row])
            stage.see(f'images["{n}"].status', text + "!", [row])
            stage.row("names", collection="catalogue", names=[text], cites=[row])
    return build(stage.end())


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return hostile(tmp_path_factory.mktemp("nasty"))


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_holds_a_character_that_is_obeyed(nasty: Report, form: str) -> None:
    written = FORMATS[form](nasty)
    found = CONTROL.search(written)
    assert found is None, (found, written[found.start() - 60 : found.end() + 20] if found else "")


def test_the_page_has_our_script_alone_and_no_handler(nasty: Report) -> None:
    page = FORMATS["html"](nasty)
    tags = re.findall(r"<\s*(/?[a-zA-Z]+)([^>]*)", page)
    scripts = [rest for name, rest in tags if name == "script"]
    assert scripts == [' type="application/json" id="store"', ""]
    assert not [name for name, _ in tags if name in ("img", "iframe", "object", "embed", "base", "form")]
    assert not [rest for _, rest in tags if re.search(r"""\son[a-z]+\s*=|javascript:|\sstyle=""", rest)]
    assert "49" not in re.findall(r"\{\{ 7\*7 \}\}|49(?=\{%)", page)


def test_the_page_names_no_address_but_its_own(nasty: Report) -> None:
    page = FORMATS["html"](nasty)
    links = re.findall(
        r"""(?:href|src|action|data|srcset)\s*=\s*["']?([^"'\s>]+)""", re.sub(r">[^<]*<", "><", page)
    )
    assert links
    assert all(link.startswith("#") or link == "data:," for link in links)
    assert "url(" not in page.split("</style>")[0]
    assert "@import" not in page.split("</style>")[0]


def test_the_policy_allows_our_script_and_style_by_digest_alone(made: Callable[[str], RunFolder]) -> None:
    page = FORMATS["html"](build(made("go")))
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    assert "default-src &#39;none&#39;" in policy
    assert "unsafe" not in policy
    assert "*" not in policy


def test_the_xml_is_well_formed_and_keeps_every_case(nasty: Report) -> None:
    root = ElementTree.fromstring(FORMATS["junit"](nasty))
    assert len(root.findall(".//testcase")) == len(NASTY)
    assert len(root.findall(".//failure")) == len(NASTY)


def test_the_terminal_shows_markup_as_it_is(nasty: Report) -> None:
    written = FORMATS["terminal"](nasty)
    assert "[red]markup[/red]" in written
    assert "\\x1b[31mred" in written
    assert max(map(len, written.splitlines())) <= 100


def test_markdown_escapes_markup_mentions_and_table_cells(nasty: Report) -> None:
    written = FORMATS["markdown"](nasty)
    bare = re.sub(r"(`+).*?\1", "", written)
    assert not re.search(r"(?<!\\)<script", bare)
    assert "![x]" not in bare
    assert not re.search(r"@everyone", bare)


def test_a_huge_value_does_not_make_a_huge_report(nasty: Report) -> None:
    assert len(FORMATS["html"](nasty)) < 600_000
    assert len(FORMATS["markdown"](nasty)) < 30_000
    assert len(FORMATS["terminal"](nasty)) < 20_000


@given(st.text())
def test_plain_text_is_idempotent_and_harmless(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert not CONTROL.search(once)
    ElementTree.fromstring(f"<x>{once.replace('&', '').replace('<', '')}</x>")


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_a_line_is_one_line_of_at_most_its_length(text: str, limit: int) -> None:
    found = line(text, limit)
    assert len(found) <= limit
    assert len(found.splitlines()) <= 1


@given(st.text())
def test_code_cannot_be_left(text: str) -> None:
    found = code(text)
    if found:
        fence = re.match("`+", found)
        assert fence
        assert found.strip("`").count(fence[0]) == 0 or len(fence[0]) > 1
        assert "\n" not in found
        assert "|" not in found


@given(st.text(alphabet="<>[]()!@#|*_`~& abc"))
def test_prose_has_no_live_markup(text: str) -> None:
    assert not re.search(r"(?<!\\)(?:\\\\)*[<>\[\]*_`|]", prose(text))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_any_observed_value_can_be_shown(thing: object) -> None:
    assert not CONTROL.search(value(thing))


def test_the_worst_url_is_not_a_link(nasty: Report) -> None:
    assert NOVA not in FORMATS["html"](nasty)
