"""Option files: ini by the rules of oslo.config's parser, whose ancestor Essex carries, and flag files.

Oslo: ``[section]``; ``name = value`` or ``name: value``, whichever sign comes first; lines that begin with a
blank continue the value before; ``#`` and ``;`` begin comments at the begin of a line only; one pair of
quotes is taken off; what is given several times is kept in order. Flag files, as of Diablo and Essex:
``--name=value``, ``--name`` and ``--noname``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from harness.hosts.facts.frames import LINE, Part
from harness.hosts.facts.model import NO_SUCH_FILE, Config, Unknown
from harness.hosts.facts.secrets import Secrets, unquoted

DEFAULT = "DEFAULT"
_PROBLEMS = 50
_Option = tuple[str, str, str]
"""Section, name, value."""


def read_config(part: Part, secrets: Secrets) -> Config | Unknown:
    """An option file as it came."""
    if part.status == "absent":
        return NO_SUCH_FILE
    if part.denied:
        return Unknown(unknown="this user may not read it", denied=True)
    if part.status in ("cut", "other"):
        return Unknown(unknown="it is too large" if part.status == "cut" else "it is no regular file")
    if not part.ok:
        return Unknown(unknown="it did not come whole")
    return parse_options(part.lines, secrets)


def parse_options(lines: Iterable[str], secrets: Secrets) -> Config:
    """The options of a file's lines, secrets sealed."""
    lines = tuple(lines)
    form: Literal["ini", "flags"] = "flags" if _has_flags(lines) else "ini"
    problems: list[str] = []
    found = _flags(lines, problems) if form == "flags" else _ini(lines, problems)
    options: dict[str, dict[str, list[str]]] = {}
    for section, name, value in found:
        values = options.setdefault(section[:LINE], {})
        if name:
            values.setdefault(name, []).append(secrets.option(name, value, section)[:LINE])
    kept = {
        section: {name: tuple(values) for name, values in named.items()} for section, named in options.items()
    }
    return Config(form=form, options=kept, problems=tuple(problems[:_PROBLEMS]))


def _has_flags(lines: Iterable[str]) -> bool:
    """Whether the first line that says something is a flag."""
    return next((line.startswith("--") for line in lines if line.strip() and line[0] not in "#;"), False)


def _ini(lines: Iterable[str], problems: list[str]) -> Iterator[_Option]:
    section, name = "", ""
    values: list[str] = []
    for number, raw in enumerate(lines, 1):
        line = raw.replace("\t", " ").rstrip()
        if line.startswith(" "):
            if name:
                values.append(line.strip())
            else:
                problems.append(f"line {number} continues nothing")
            continue
        if name:
            yield section or DEFAULT, name, unquoted(" ".join(values).strip())
            name = ""
        if not line or line[0] in "#;":
            continue
        if line[0] == "[":
            section = _section(line, number, problems) or section
            yield section or DEFAULT, "", ""
            continue
        name, value = _assignment(line, number, problems)
        values = [value]
        if name and not section:
            problems.append(f"line {number} stands before any section")
    if name:
        yield section or DEFAULT, name, unquoted(" ".join(values).strip())


def _section(line: str, number: int, problems: list[str]) -> str:
    if not line.endswith("]") or len(line) < 3:
        problems.append(f"line {number} is no section")
        return ""
    return line[1:-1]


def _assignment(line: str, number: int, problems: list[str]) -> tuple[str, str]:
    places = [place for place in (line.find("="), line.find(":")) if place >= 0]
    name = line[: min(places)].strip() if places else ""
    if not name:
        problems.append(f"line {number} is no option")
        return "", ""
    return name, line[min(places) + 1 :].strip()


def _flags(lines: Iterable[str], problems: list[str]) -> Iterator[_Option]:
    for number, raw in enumerate(lines, 1):
        line = raw.replace("\t", " ").strip()
        if not line or line[0] in "#;" or line.startswith("//"):
            continue
        name, equals, value = line.removeprefix("--").partition("=")
        if not line.startswith("--") or not name.strip():
            problems.append(f"line {number} is no flag")
        elif equals:
            yield DEFAULT, name.strip(), unquoted(value.strip())
        elif " " in name:
            name, _, value = name.partition(" ")
            yield DEFAULT, name, unquoted(value.strip())
        elif name.startswith("no"):
            yield DEFAULT, name[2:], "false"
        else:
            yield DEFAULT, name, "true"
