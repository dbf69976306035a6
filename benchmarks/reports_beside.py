"""What others need for the results of 1,000 scenarios: pytest-html, allure-pytest, subunit2sql; and we.

They are installed into a virtual environment of the benchmark's own, which is removed; what does not
install, or does not work there, is said so. For the plug-ins of pytest the anchor is the same 1,000 tests
(every fiftieth fails) without one of their reports: what is counted is what these add. For subunit2sql it is
the load of our own stream into an empty SQLite file. Ours: the report is judged and built from its record and
every file is written, with the evidence of five requests a scenario, which none of the others has. All in
turn; processor seconds of the processes that are started, imports included: median, least and greatest.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

from reports.build import build
from reports.render import write_all
from reports.render.subunit import to_subunit
from tests.reports.big import big

TESTS = """
import pytest

@pytest.mark.parametrize("n", range({count}))
def test_story(n):
    assert n % 50, "the server went to ERROR"
"""
WANTED = {
    "pytest-html": ["pytest>=9,<10", "pytest-html>=4,<5"],
    "allure-pytest": ["pytest>=9,<10", "allure-pytest>=2.15,<3"],
    "subunit2sql": ["subunit2sql>=1.10,<2", "SQLAlchemy<2", "oslo.db<15", "alembic<1.14"],
}
OURS = """
import sys
from pathlib import Path
from harness.evidence.folder import RunFolder
from reports.build import build
from reports.render import write_all
folder = RunFolder(Path(sys.argv[1]))
write_all(build(folder), folder.path)
"""


def main(words: Sequence[str]) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scenarios", type=int, default=1000)
    options.add_argument("--times", type=int, default=5)
    chosen = options.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="deployday-beside-") as name:
        home = Path(name)
        measure(home, environment(home), chosen.scenarios, chosen.times)


def environment(home: Path) -> set[str]:
    """Make the virtual environment; gives what could be installed into it."""
    venv.create(home / "venv", with_pip=True)
    there = set()
    for name, wanted in WANTED.items():
        command = [str(home / "venv/bin/pip"), "install", "-q", "--disable-pip-version-check", *wanted]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name} does not install: {(done.stderr.strip().splitlines() or ['no reason'])[-1][:160]}")
        else:
            there.add(name)
    return there


def measure(home: Path, there: set[str], count: int, times: int) -> None:
    folder = big(home / "runs", scenarios=count, each=5, leaves=420, broken=count // 50)
    report = build(folder)
    write_all(report, folder.path)
    (home / "test_them.py").write_text(TESTS.format(count=count))
    (home / "results.subunit").write_bytes(to_subunit(report))
    ways = {
        "pytest alone (anchor)": lambda: run(home, *PYTEST),
        "  with pytest-html": lambda: run(home, *PYTEST, "--html=report.html", "--self-contained-html"),
        "  with allure-pytest": lambda: run(home, *PYTEST, "--alluredir=allure"),
        "subunit2sql": lambda: run(home, "subunit2sql", *DATABASE, "results.subunit"),
        "ours: judge, build, all files": lambda: ours(folder.path),
    }
    spent: dict[str, list[float]] = {
        name: [] for name in ways if name.split()[-1] in there | {"(anchor)", "files"}
    }
    for _ in range(times):
        for name in list(spent):
            fresh(home)
            seconds = processor(ways[name])
            if seconds is None:
                print(f"{name.split()[-1]} does not work here")
                del spent[name]
            else:
                spent[name].append(seconds)
    show(home, folder.path, spent, count, times)


PYTEST = ("python", "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "test_them.py")
DATABASE = ("--database-connection", "sqlite:///results.db")


def fresh(home: Path) -> None:
    """Nothing of the last time is there; the database is made, which is not counted."""
    shutil.rmtree(home / "allure", ignore_errors=True)
    (home / "results.db").unlink(missing_ok=True)
    if (home / "venv/bin/subunit2sql-db-manage").exists():
        run(home, "subunit2sql-db-manage", *DATABASE, "upgrade", "head")


def run(home: Path, program: str, *words: str) -> bool:
    command = [str(home / "venv/bin" / program), *words]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    return done.returncode in ((0, 1) if program == "python" else (0,))


def ours(folder: Path) -> bool:
    """A process of its own, as the others: the start of the interpreter and our imports are in it."""
    here = Path(__file__).resolve().parents[1]
    return subprocess.run([sys.executable, "-c", OURS, str(folder)], cwd=here, check=False).returncode == 0


def processor(work: Callable[[], bool]) -> float | None:
    """Processor seconds of the children that the work starts; None where it fails."""
    before = os.times()
    worked = work()
    after = os.times()
    return (
        after.children_user + after.children_system - before.children_user - before.children_system
        if worked
        else None
    )


def show(home: Path, folder: Path, spent: dict[str, list[float]], count: int, times: int) -> None:
    sizes = {
        "  with pytest-html": home / "report.html",
        "ours: judge, build, all files": folder / "report.html",
    }
    anchor = statistics.median(spent["pytest alone (anchor)"])
    mine = statistics.median(spent["ours: judge, build, all files"])
    print(f"\n{count} results, processor seconds (n {times})")
    for name, values in spent.items():
        middle = statistics.median(values)
        own = middle - anchor if name.startswith("  ") else middle
        size = f", page of {sizes[name].stat().st_size / 1e6:.1f} MB" if name in sizes else ""
        rest = f", of its own {own:.2f} s, ours x {mine / max(own, 0.01):.2f}" if "anchor" not in name else ""
        print(f"  {name:30} {middle:.2f} s ({min(values):.2f} to {max(values):.2f}){rest}{size}")
