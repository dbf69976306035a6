"""A picture of a page, as the pictures of the documentation are made: by a headless Chromium, from a file.

    .venv/bin/python docs/pictures.py report.html docs/report.png --width 1280 --height 1050
    .venv/bin/python docs/pictures.py compare.html docs/compare.png --at times --dark
    .venv/bin/python docs/pictures.py report.html report.pdf

``--at`` goes to a part of the page (``times``, ``scenarios?show=fail``), ``--whole`` takes all of it. What
ends in ``.pdf`` is what a printer would get.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.reports.browser import Browser, program

SETTLED = "new Promise((done) => requestAnimationFrame(() => setTimeout(done, 150)))"


def main() -> None:
    """Read the words and take the picture."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("page", type=Path)
    options.add_argument("picture", type=Path)
    options.add_argument("--width", type=int, default=1280)
    options.add_argument("--height", type=int, default=900)
    options.add_argument("--at", default="", metavar="PART")
    options.add_argument("--dark", action="store_true")
    options.add_argument("--whole", action="store_true", help="all of the page, not of a window's height")
    chosen = options.parse_args()
    if program() is None:
        sys.exit("no Chromium on this machine; on Debian: apt install chromium")
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    with folder as profile, Browser(Path(profile)) as browser:
        take(browser, chosen)


def take(browser: Browser, chosen: argparse.Namespace) -> None:
    """Open the page and save what it looks like."""
    browser.scheme(dark=chosen.dark)
    browser.size(chosen.width, chosen.height)
    browser.open(chosen.page, f"#{chosen.at.lstrip('#')}" if chosen.at else "")
    browser.run(SETTLED)
    if chosen.picture.suffix == ".pdf":
        chosen.picture.write_bytes(browser.pdf())
    else:
        browser.look(
            chosen.picture, width=chosen.width, height=chosen.height, dark=chosen.dark, whole=chosen.whole
        )


if __name__ == "__main__":
    main()
