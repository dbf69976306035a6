"""The sign-off as text and as a page of A4, the same words in both."""

from __future__ import annotations

import base64
import hashlib
import textwrap
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from markupsafe import Markup

from reports.handover.signoff import Signoff
from reports.render.html import environment, part

TEMPLATES = Path(__file__).parent / "templates"
SIGNATURES = ("Run by", "Deployed by", "Accepted by")
_WIDTH = 96


def check_command(name: str = "report.json") -> str:
    """What proves that the page is of that file."""
    return f"sha256sum {name}"


def to_text(page: Signoff) -> str:
    """For a terminal and for mail, at most 96 columns."""
    run = page.report.run
    rows = [f"SIGN-OFF  {page.report.verdict}", "", *(f"!! {said}" for said in page.loud)]
    rows += ["", *_wrapped(page.rests), ""]
    facts = [
        ("site", run.site),
        ("architecture", f"{run.architecture}, {run.release}"),
        ("scope", page.scope),
    ]
    facts += [("run", run.id), ("from", clock(run.started)), ("to", clock(run.ended)), *page.facts]
    facts += [("Deploy Day", run.version), *prints(page).items()]
    for name, said in facts:
        rows += _wrapped(said, f"{name:<14}  ")
    for title, parts in sections(page):
        rows += ["", title, *(row for each in parts for row in _wrapped(each, "  - "))]
    rows += ["", f"This page is of the report.json with the SHA-256 above: {check_command()}", ""]
    for name in SIGNATURES:
        rows += ["", f"{name:<12} " + "  ".join(f"{what} {'_' * 18}" for what in ("name", "date", "signed"))]
    return "\n".join(row.rstrip() for row in rows) + "\n"


def to_page(page: Signoff) -> str:
    """One page of A4, without a script; the style sheet is named by its digest."""
    style = part("signoff.css", TEMPLATES)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = environment().from_string((TEMPLATES / "signoff.html").read_text(encoding="utf-8"))
    return template.render(
        page=page,
        report=page.report,
        run=page.report.run,
        tone={"GO": "go", "NO-GO": "nogo"}.get(page.report.verdict, "amber"),
        sections=list(sections(page)),
        prints=prints(page),
        signatures=SIGNATURES,
        command=check_command(),
        style=Markup(style),  # noqa: S704 - our own file
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
    )


def sections(page: Signoff) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Title and lines of what is listed; waivers and what was not seen are told even where there is none."""
    if page.against:
        yield "Stands against it", page.against
    yield "Accepted deviations", page.waivers or ("none",)
    yield "Could not be seen", page.unseen or ("nothing",)
    if page.versions:
        yield "Versions that were found", (", ".join(page.versions),)
    if page.doubles:
        yield "Not as on a rack", page.doubles


def prints(page: Signoff) -> Mapping[str, str]:
    """Digests by what they are of."""
    found = {
        "description": page.report.run.fingerprint,
        "site file": page.site_print,
        "report.json": page.digest,
    }
    return {name: said for name, said in found.items() if said}


def clock(moment: float | None) -> str:
    """A time in UTC, to the second."""
    if moment is None:
        return "it did not end"
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(min(max(moment, 0), 1e11)))


def _wrapped(said: str, head: str = "") -> list[str]:
    return textwrap.wrap(
        said, _WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_on_hyphens=False
    ) or [head]
