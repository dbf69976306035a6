"""``report --share``: the report of a run as anybody may read it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.errors import DeployDayError, Problem, UsageError
from reports.handover.share.names import names_of
from reports.handover.share.proof import left
from reports.handover.share.pseudonyms import Pseudonyms
from reports.handover.share.renaming import Renamer
from reports.model import Report
from reports.record import Record
from reports.render import FORMATS

FILES = {"report.json": "json", "report.html": "html", "summary.md": "markdown"}
_KEY, _SHORTEST, _LARGEST = 32, 16, 4096
_STAYS = frozenset(
    {
        "gate",
        "level",
        "verdict",
        "state",
        "kind",
        "comparator",
        "visible",
        "area",
        "component",
        "service",
        "method",
        "release",
        "report",
        "severity",
        "outcome",
        "counts",
    }
)
"""Members whose values are words of ours, whoever's cloud it is."""
_SHOWN = 12


def share(report: Report, record: Record, key: bytes) -> dict[str, str]:
    """File name → text of everything that is to be published.

    Raises ``DeployDayError`` that names the fields (never a value) in which something is left.
    """
    renamer = Renamer(names_of(report, record), Pseudonyms(key))
    data = report.model_dump(mode="python")
    told = Report.model_validate(_renamed(data, renamer))
    texts = {name: FORMATS[form](told) for name, form in FILES.items()}
    _prove(told, texts, renamer)
    return texts


def write(target: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write all into a folder, or one of them as ``FILE.json``, ``.html`` or ``.md``."""
    chosen = [name for name in texts if target.suffix == Path(name).suffix]
    if chosen:
        target.write_text(texts[chosen[0]], encoding="utf-8", newline="\n")
        return [target]
    if target.suffix in (".gz", ".zip", ".tar", ".xml"):
        raise UsageError(
            Problem(str(target), "not what is written", expected="a folder, FILE.json, .html or .md")
        )
    if target.is_dir() and {each.name for each in target.iterdir()} - set(texts):
        raise UsageError(
            Problem(str(target), "there is something already", hint="name a folder that is not there yet")
        )
    target.mkdir(exist_ok=True)
    for name, text in texts.items():
        (target / name).write_text(text, encoding="utf-8", newline="\n")
    return [target / name for name in texts]


def key_of(path: Path | None) -> bytes:
    """The key in a file, which is made where it is not there yet; without a file one for this time only."""
    if path is None:
        return secrets.token_bytes(_KEY)
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        with path.open("rb") as stored:
            key = stored.read(_LARGEST + 1).strip()
        if not _SHORTEST <= len(key) <= _LARGEST:
            said = f"{_SHORTEST} to {_LARGEST} bytes"
            raise UsageError(Problem(str(path), "not a key", expected=said, found=f"{len(key)}")) from None
        return key
    with os.fdopen(file, "wb") as made:
        key = secrets.token_hex(_KEY).encode()
        made.write(key + b"\n")
    return key


def _renamed(data: dict[str, Any], renamer: Renamer) -> dict[str, Any]:
    """The report's members, each as it must be: names by their place, texts by what is in them."""
    run = data["run"]
    told: dict[str, Any] = {name: _walk(each, renamer, name) for name, each in data.items() if name != "run"}
    for clause, plain in zip(told["clauses"], data["clauses"], strict=True):
        if plain["area"] == "packages":  # versions look like addresses
            clause |= {
                name: _walk(plain[name], renamer, "named")
                for name in ("described", "observed", "path", "group")
            }
    for waiver, plain in zip(told["waivers"], data["waivers"], strict=True):
        waiver |= {name: renamer.name(name, plain[name]) for name in ("owner", "ticket")}
    told["run"] = {**_walk(run, renamer, "run"), "version": run["version"]}
    told["run"]["site"] = renamer.name("site", run["site"])
    told["run"]["options"] = {name: _option(renamer, each) for name, each in run["options"].items()}
    machine = dict(told["run"]["machine"])
    for name in ("platform", "python", "cpu"):
        if name in run["machine"]:
            machine[name] = run["machine"][name]
    if run["machine"].get("node"):
        machine["node"] = renamer.name("machine", str(run["machine"]["node"]))
    told["run"]["machine"] = machine
    for scenario, plain in zip(told["scenarios"], data["scenarios"], strict=True):
        scenario["version"] = plain["version"]
    return told


def _option(renamer: Renamer, thing: Any) -> Any:
    """A path is a place of somebody's; what is shipped is everybody's."""
    if isinstance(thing, str) and "/" in thing and not thing.startswith("essex/"):
        return renamer.name("path", thing)
    if isinstance(thing, list | tuple):
        return [_option(renamer, each) for each in thing]
    return _walk(thing, renamer, "")


def _walk(thing: Any, renamer: Renamer, name: str) -> Any:
    if isinstance(thing, str):
        if name in _STAYS:
            return thing
        return renamer.named(thing) if name == "named" else renamer.text(thing)
    if isinstance(thing, Mapping):
        within = "named" if name == "packages" else ""
        return {
            _member(renamer, each, name): _walk(value, renamer, within or str(each))
            for each, value in thing.items()
        }
    if isinstance(thing, list | tuple):
        return [_walk(each, renamer, name) for each in thing]
    return thing


def _member(renamer: Renamer, member: Any, name: str) -> Any:
    """A member's name; of packages and versions they stay."""
    if not isinstance(member, str):
        return member
    return renamer.named(member) if name in ("packages", "named") else renamer.text(member)


def _prove(told: Report, texts: Mapping[str, str], renamer: Renamer) -> None:
    """Raise where anything is left: by field for the report, by file for what is made of it."""
    found = left(texts, renamer.made, renamer.images)
    if any(where == "report.json" for where, _ in found):
        fields = dict(_fields(told.model_dump(mode="json", fallback=str), ""))
        found = left(fields, renamer.made, renamer.images) or found
    if found:
        rows = [f"{where}: {kind} is left" for where, kind in found[:_SHOWN]]
        more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        raise DeployDayError("\n".join(["nothing was written, for it could not be renamed:", *rows, *more]))


def _fields(thing: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(thing, str):
        if path.rpartition(".")[2] not in _STAYS:
            yield path, thing
    elif isinstance(thing, Mapping):
        for n, (name, each) in enumerate(thing.items()):
            called = str(name) if str(name).isidentifier() else f"[{n}]"
            if not str(name).isidentifier():
                yield f"{path}.{called} (its name)", str(name)
            yield from _fields(each, f"{path}.{called}".lstrip("."))
    elif isinstance(thing, list):
        for n, each in enumerate(thing):
            yield from _fields(each, f"{path}[{n}]")
