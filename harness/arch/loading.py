"""From files to an architecture."""

from __future__ import annotations

import importlib.resources
import pathlib
from collections.abc import Sequence

from pydantic import ValidationError
from ruamel.yaml import YAML

from harness.arch.architecture import Architecture, make_table
from harness.arch.clauses import Clause, Origin
from harness.arch.leaves import Leaf, walk
from harness.arch.model import ReferenceArchitecture
from harness.errors import Problem, UsageError


def load(
    ref: str | pathlib.Path, overlays: Sequence[pathlib.Path] = (), sets: Sequence[str] = ()
) -> Architecture:
    """Read a reference architecture from a file or, by name, from those that are shipped."""
    shipped = importlib.resources.files("reference_arch") / f"{ref}.yaml"
    text = shipped.read_text() if shipped.is_file() else pathlib.Path(ref).read_text()
    data = YAML(typ="safe", pure=True).load(text)
    try:
        model = ReferenceArchitecture.model_validate(data)
    except ValidationError as error:
        raise UsageError(
            *(Problem(str(ref), e["msg"], ".".join(map(str, e["loc"]))) for e in error.errors())
        ) from None
    origin = Origin("written", str(ref))
    known = {
        path: Clause(path, value, origin, "must", mark.visible, mark.comparator, mark.measured)
        for path, value, mark in walk(model)
        if isinstance(mark, Leaf)
    }
    return Architecture(model, make_table(model, known))
