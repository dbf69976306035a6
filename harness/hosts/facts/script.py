"""The script that asks a host: POSIX sh for ``sh -s``, every part framed, bounded in seconds and in size."""

from __future__ import annotations

import re
import shlex
from functools import cache
from importlib.resources import files

from harness.hosts.facts.files import setting_path
from harness.hosts.facts.questions import SECTIONS, Questions

SECONDS = {"packages": 20, "managed": 30, "broker": 25, "database": 10, "processes": 10, "files": 20}
"""After how many seconds a section is given up; the others have 8, all of them together 90."""
BYTES = {"packages": 2_000_000, "configs": 2_000_000, "rules": 1_000_000, "processes": 1_000_000}
"""How many bytes of a section come back; of the others 500,000."""
_SECONDS = 8
_BYTES = 500_000
_LARGEST_CONFIG = 262_144
_NONCE = re.compile(r"[0-9A-Za-z]{16,64}")
_SETTING = re.compile(r"[\w.*:@+-]+(?:/[\w.*:@+-]+)*")


def script(questions: Questions, nonce: str) -> str:
    """What to feed to ``sh -s``. The nonce is 16 to 64 letters and digits that nobody on the host can guess.

    Raises ``ValueError`` for another nonce, for a section that there is not, for a path that is not absolute.
    """
    if not set(questions.sections) <= set(SECTIONS):
        raise ValueError(f"no such section: {', '.join(sorted(set(questions.sections) - set(SECTIONS)))}")
    if not _NONCE.fullmatch(nonce):
        raise ValueError("a nonce is 16 to 64 letters and digits")
    calls = "\n".join(_call(name) for name in _asked(questions))
    return (
        f"N={nonce}\n{_functions()}{_lists(questions)}all() {{\nbegin\n{calls}\nfinish\n}}\nall </dev/null\n"
    )


def _asked(questions: Questions) -> tuple[str, ...]:
    """The sections in the order of asking: a service of sysv is seen by its processes, and time twice."""
    names = list(dict.fromkeys(questions.sections))
    if "services" in names and "processes" not in names:
        names.insert(names.index("services"), "processes")
    return (*names, "clock_end") if "clock" in names else tuple(names)


def _call(name: str) -> str:
    return f"section {name} {SECONDS.get(name, _SECONDS)} {BYTES.get(name, _BYTES)}"


def _lists(questions: Questions) -> str:
    """The functions whose content is what was asked for."""
    for path in (*questions.files, *questions.configs):
        if not path.startswith("/") or "\n" in path or "\0" in path:
            raise ValueError(f"{path!r} is no absolute path")
    look = f"look {shlex.join(questions.files)}" if questions.files else ":"
    shows = [f"show {shlex.quote(path)} {_LARGEST_CONFIG}" for path in questions.configs]
    settings = [setting_path(name) for name in questions.sysctl if _SETTING.fullmatch(name)]
    bodies = {
        "files": [look],
        "configs": shows or [":"],
        "sysctl": [f"settings {shlex.join(settings)}" if settings else ":"],
    }
    return "".join(f"ask_{name}() {{\n" + "\n".join(lines) + "\n}\n" for name, lines in bodies.items())


@cache
def _functions() -> str:
    folder = files("harness.hosts.facts")
    text = "".join(folder.joinpath(name).read_text("utf-8") for name in ("framing.sh", "asking.sh"))
    return "".join(
        line.lstrip() for line in text.splitlines(True) if line.strip() and line.lstrip()[0] != "#"
    )
