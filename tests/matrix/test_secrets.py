"""No secret reaches a file of a run: passwords, keys and every token that the lab knows are looked for."""

from __future__ import annotations

import base64
import html
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.matrix.rig import Rig

KINDS = {"token", "password", "host password"}
pytestmark = [pytest.mark.matrix, pytest.mark.lab]


def test_no_secret_is_in_any_file_of_a_run(rig: Rig) -> None:
    ran = rig.run()
    assert ran.code == 0, ran.output
    assert found(rig, ran.folder) == {}


def test_the_same_search_finds_them_with_redaction_off(rig: Rig) -> None:
    ran = rig.pytest("tests.matrix.unredacted", {})
    kinds = {kind for kinds in found(rig, ran.folder).values() for kind in kinds}
    assert kinds >= KINDS


def found(rig: Rig, folder: Path) -> dict[str, set[str]]:
    """File → kinds of secrets in it, as they are, quoted for URLs and HTML, or as base64."""
    secrets = rig.ask("GET", "/_lab/secrets")
    assert set(secrets) >= KINDS
    hits: dict[str, set[str]] = {}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for kind, values in secrets.items():
            if any(form in content for value in values for form in forms(value)):
                hits.setdefault(path.name, set()).add(kind)
    return hits


def forms(secret: str) -> set[bytes]:
    raw = secret.encode()
    shifted = (base64.b64encode(b"x" * shift + raw)[4 if shift else 0 : -4] for shift in range(3))
    return {
        raw,
        quote(secret, safe="").encode(),
        html.escape(secret).encode(),
        *(form for form in shifted if len(form) > 8),
    }
