"""From files to an architecture: read, merge, check, derive, and say everything that is wrong at once."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable, Iterator, Sequence

from harness.arch.architecture import Architecture, make_table
from harness.arch.contradictions import contradictions, warnings
from harness.arch.derive import resolve
from harness.arch.effect import levels_without_effect, without_effect
from harness.arch.grammar import Description
from harness.arch.layers import stack
from harness.arch.leaves import Leaf, walk
from harness.arch.model import ReferenceArchitecture
from harness.arch.paths import Path, parse
from harness.arch.sources import Sources, captures, take_levels
from harness.arch.validate import check
from harness.errors import Problem, UsageError


def load(
    ref: str | pathlib.Path,
    overlays: Sequence[str | pathlib.Path] = (),
    sets: Sequence[str] = (),
) -> Architecture:
    """Read an architecture: a YAML file, or the name of a shipped one (``essex/six-node``).

    Overlay files and ``path=value`` settings are laid over it in order. Raises ``UsageError`` with every
    problem that was found, each with file and line.
    """
    tree, problems = stack(ref, overlays, sets)
    if tree is None:
        raise UsageError(*_once(problems))
    sources, found = take_levels(tree)
    checked = check(sources)
    problems += found + checked.problems
    description = checked.description
    if description:
        problems += _about_the_rest(description, sources, checked.left_out)
    if problems or description is None:
        raise UsageError(*_once(problems))
    draft = resolve(description, sources)
    model = ReferenceArchitecture.model_validate(draft.data)
    found_leaves = ((path, value, mark) for path, value, mark in walk(model) if isinstance(mark, Leaf))
    leaves = [each for each in found_leaves if each[0] not in draft.silent]
    vain = list(levels_without_effect(draft, (path for path, _, _ in leaves)))
    if vain:
        raise UsageError(*_once(vain))
    clauses = {path: draft.clause(path, value, mark) for path, value, mark in leaves}
    table = make_table(model, clauses, captures(sources.tree))
    return Architecture(model, table, tuple(_once(warnings(description, sources))))


def _about_the_rest(
    description: Description, sources: Sources, left_out: Sequence[Path]
) -> Iterator[Problem]:
    """Contradictions and vain keys, save those that only show because something had to be left out."""
    whole = not any(
        path[0] == "roles" or (path[0] == "nodes" and path[2:] in ((), ("roles",))) for path in left_out
    )
    found = [*contradictions(description, sources, whole=whole)]
    found += without_effect(description, sources) if whole else ()
    for each in found:
        path = parse(each.path)
        if not any(path[: len(gone)] == gone[: len(path)] for gone in left_out):
            yield each


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """What a range of nodes has wrong is said once, for the first node of it."""
    seen: dict[tuple[str, ...], Problem] = {}
    for each in problems:
        seen.setdefault((each.where, each.message, each.expected, each.found, each.hint), each)
    return list(seen.values())
