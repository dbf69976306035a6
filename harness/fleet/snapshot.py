"""What the hosts of a site said on one day, kept as a file: versioned, for its owner alone, without secrets.

Seals (``hmac:…``) are bound to the run that made them and say nothing on another day: they are dropped to
the word *secret*.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.errors import Problem, UsageError
from harness.hosts.facts.model import Facts, Unknown

FORMAT = "deployday hosts"
VERSION = 1
SECRET = "secret"  # noqa: S105
_LARGEST = 1 << 30
_SEAL = re.compile(r"hmac:[0-9a-f]{16}")
_BARE = ("node", "taken", "seconds", "doubles")
_NOT_KEPT = Unknown(unknown="this snapshot does not have it")


@dataclass(frozen=True)
class Snapshot:
    """Node → its facts; those that said nothing → why; ``taken`` in seconds since the epoch."""

    site: str
    architecture: str
    taken: float
    facts: Mapping[str, Facts]
    silent: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As plain data, no seal in it."""
        hosts = {name: unsealed(facts.model_dump(mode="json")) for name, facts in self.facts.items()}
        head = {"format": FORMAT, "version": VERSION, "site": self.site, "architecture": self.architecture}
        return {**head, "taken": self.taken, "silent": unsealed(dict(self.silent)), "hosts": hosts}

    def without_seals(self) -> Snapshot:
        """As it would come back from its file: what is compared with another day."""
        return _read(self.to_json())


def unsealed(data: Any) -> Any:
    """Plain data with the word *secret* for every seal, in names as well."""
    if isinstance(data, str):
        return _SEAL.sub(SECRET, data)
    if isinstance(data, list):
        return [unsealed(each) for each in data]
    if isinstance(data, dict):
        return {unsealed(name): unsealed(each) for name, each in data.items()}
    return data


def write_snapshot(path: Path, snapshot: Snapshot) -> None:
    """Write it whole or not at all, readable for its owner only; raises ``UsageError`` where it cannot be."""
    try:
        descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                json.dump(snapshot.to_json(), file, ensure_ascii=False, separators=(",", ":"))
            Path(part).replace(path)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(part).unlink()
            raise
    except OSError as error:
        raise UsageError(Problem(str(path), f"cannot be written: {error.strerror}")) from None


def read_snapshot(path: Path) -> Snapshot:
    """Read what ``write_snapshot`` wrote; raises ``UsageError`` for anything else."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(Problem(str(path), error.strerror or "cannot be read")) from None
    hint = "`deployday hosts facts SITE --save FILE` writes one"
    if len(content) > _LARGEST:
        raise UsageError(Problem(str(path), "larger than 1 GB: no snapshot", hint=hint))
    try:
        data = json.loads(content)
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise ValueError("it is something else")
        if data.get("version") != VERSION:
            told = str(data.get("version"))[:20]
            raise UsageError(
                Problem(str(path), "a snapshot of another version", expected=str(VERSION), found=told)
            )
        return _read(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what = "facts that cannot be read" if isinstance(error, ValidationError) else "no snapshot of hosts"
        raise UsageError(Problem(str(path), what, hint=hint)) from None


def _read(data: Mapping[str, Any]) -> Snapshot:
    return Snapshot(
        site=str(data["site"]),
        architecture=str(data["architecture"]),
        taken=float(data["taken"]),
        facts={str(name): _facts(each) for name, each in data["hosts"].items()},
        silent={str(name): str(why) for name, why in data["silent"].items()},
    )


def _facts(data: Mapping[str, Any]) -> Facts:
    """Facts of this version or one before: a part that was not told then is unknown."""
    parts = [name for name in Facts.model_fields if name not in _BARE]
    known = {name: data.get(name, _NOT_KEPT) for name in parts}
    return Facts.model_validate({name: data[name] for name in _BARE if name in data} | known)
