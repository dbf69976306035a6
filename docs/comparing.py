"""The runs, outputs and pictures of ``docs/guide/comparing.md``, made anew from real runs in the lab.

    .venv/bin/python docs/comparing.py                 # drives three clouds four times each, some fifteen minutes
    .venv/bin/python docs/comparing.py --runs DIR      # keeps the runs there, or takes those that are there already

A fenced block of the guide below a comment ``<!-- deployday WORDS -->`` becomes what that command prints, cut by
``| head N`` and ``| from TEXT``; a picture below one is taken by ``docs/pictures.py``. Everything else of the guide stays.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
GUIDE = HERE / "guide" / "comparing.md"
CLOUDS = (
    ("essex/six-node", ()),
    ("essex/six-node", ("--set", "network.manager=VLAN")),
    ("essex/devstack-single", ()),
)
REPEATS = 4
BLOCK = re.compile(r"^<!-- deployday (?P<words>.+?) -->\n```\n.*?^```$", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r"^<!-- picture (?P<words>.+?) -->\n!\[[^\]]*\]\((?P<file>[\w./-]+)\)$", re.MULTILINE)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--runs", type=Path, help="where the runs are, or are kept")
    options.add_argument("--repeats", type=int, default=REPEATS, metavar="N")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="deployday-comparing-") as home:
        runs = chosen.runs.resolve() if chosen.runs else Path(home, "var", "runs")
        if not runs.is_dir():
            drive(Path(home), runs, chosen.repeats)
        text = BLOCK.sub(lambda found: block(found, Path(home), runs), GUIDE.read_text())
        for found in PICTURE.finditer(text):
            picture(found, Path(home), runs)
        GUIDE.write_text(text)


def drive(home: Path, runs: Path, repeats: int) -> None:
    """Each of the three clouds, several times, under one tag."""
    again = ("--repeat", str(repeats), "--tag", "three", "--runs", str(runs))
    for name, words in CLOUDS:
        deployday(home, "run", name, "--lab", *words, *again, show=True)


def block(found: re.Match[str], home: Path, runs: Path) -> str:
    """The same block with what its command prints now."""
    words, *cuts = found["words"].split(" | ")
    told = deployday(home, *shlex.split(words), "--runs", str(runs)).replace(f"{runs}/", "var/runs/")
    lines = [line.rstrip() for line in told.splitlines()]
    for cut in cuts:
        lines = cut_out(lines, *cut.split(" ", 1))
    return "\n".join((f"<!-- deployday {found['words']} -->", "```", *lines, "```"))


def cut_out(lines: list[str], verb: str, what: str) -> list[str]:
    """``head N``: the first N lines; ``from TEXT``: those from the first one on that begins with it."""
    if verb == "head":
        return lines[: int(what)]
    return lines[next(place for place, line in enumerate(lines) if line.lstrip("#* ").startswith(what)) :]


def picture(found: re.Match[str], home: Path, runs: Path) -> None:
    """``compare … -o page.html`` and what a browser makes of it, with the words after ``|`` for the camera."""
    words, _, camera = found["words"].partition(" | ")
    page = home / "page.html"
    deployday(home, *shlex.split(words), "--runs", str(runs), "-o", str(page))
    target = GUIDE.parent / found["file"]
    subprocess.run(
        [sys.executable, str(HERE / "pictures.py"), str(page), str(target), *shlex.split(camera)], check=True
    )


def deployday(home: Path, *words: str, show: bool = False) -> str:
    """What the command prints, on a terminal of 100 columns without colours; a usage error ends all."""
    command = [sys.executable, "-P", "-m", "harness.cli", *words]
    env = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=home, env=env, text=True, stdout=None if show else subprocess.PIPE)
    if done.returncode > 2:
        sys.exit(f"deployday {shlex.join(words)} ended with {done.returncode}")
    return done.stdout or ""


if __name__ == "__main__":
    main()
