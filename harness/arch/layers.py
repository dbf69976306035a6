"""From a reference, overlays and ``--set`` options to one tree in which each key knows where it came from.

Base architectures come first, then the user's own file, the overlays in order, the options in order; the last
one wins, mapping by mapping; a list or a text is replaced whole; ``null`` takes away what an earlier layer
gave.
"""

from __future__ import annotations

import pathlib
import stat
from collections.abc import Mapping, Sequence

from harness.arch.captured import mark, read_mark
from harness.arch.paths import Path, parse, show
from harness.arch.ranges import MAX_NODES, expand
from harness.arch.shipped import find_shipped, shipped_names
from harness.arch.source import MAX_BYTES, Entry, Place, Unreadable, read_text
from harness.arch.suggest import did_you_mean
from harness.errors import Problem

MAX_CHAIN = 10


def stack(
    ref: str | pathlib.Path, overlays: Sequence[str | pathlib.Path], sets: Sequence[str]
) -> tuple[Entry | None, list[Problem]]:
    """The merged tree and all problems met on the way; ``None`` where a file could not be read at all."""
    problems: list[Problem] = []
    layers = _chain(str(ref), problems)
    layers += [_overlay(str(file), problems) for file in overlays]
    options = [option for text in sets if (option := _option(text, problems))]
    merged = Entry({}, Place(str(ref)))
    for layer in (*layers, *options):
        merged = _merge(merged, layer, (), problems) if layer else merged
    return (None if None in layers else merged), problems


def _chain(ref: str, problems: list[Problem]) -> list[Entry | None]:
    """The file itself and what it extends, the furthest base first; ``None`` for what cannot be read."""
    layers: list[Entry | None] = []
    seen: dict[str, str] = {}
    where, mentioned = ref, ""
    while True:
        identity = where if find_shipped(where) else str(pathlib.Path(where).resolve())
        if identity in seen or len(seen) >= MAX_CHAIN:
            problems.append(_endless(identity, where, seen, mentioned))
            return [None, *layers]
        seen[identity] = where
        entry = _read(where, problems, inherited=bool(layers), mentioned=mentioned)
        layers.insert(0, _prepared(entry, problems, base=bool(layers)))
        extends = entry.items.get("extends") if entry else None
        if extends is None:
            return layers
        target = _target(where, extends, problems)
        if target is None:
            return [None, *layers]
        where, mentioned = target, str(extends.place)


def _endless(identity: str, where: str, seen: Mapping[str, str], mentioned: str) -> Problem:
    """The problem of a chain that comes back to itself, or that is merely too long."""
    if identity not in seen:
        expected = f"at most {MAX_CHAIN} architectures"
        return Problem(mentioned, "the chain of extends is too long", "extends", expected=expected)
    members = list(seen)[list(seen).index(identity) :]
    chain = " → ".join([*(seen[each] for each in members), where])
    return Problem(mentioned, "the chain of extends comes back to itself", "extends", found=chain)


def _overlay(file: str, problems: list[Problem]) -> Entry | None:
    entry = _read(file, problems, inherited=False)
    if entry is not None and "extends" in entry.items:
        message = "an overlay cannot extend anything: it lies over the architecture"
        problems.append(Problem(str(entry.items["extends"].place), message, path="extends"))
    return _prepared(entry, problems, overlay=True)


def _target(where: str, extends: Entry, problems: list[Problem]) -> str | None:
    """What an ``extends`` means: a shipped name, or a file beside the one that says so."""
    name = extends.value
    if not isinstance(name, str):
        expected = "a shipped name (essex/ubuntu-12.04) or a file beside this one (base.yaml)"
        problems.append(Problem(str(extends.place), "not a text", "extends", expected=expected))
        return None
    if not name.endswith((".yaml", ".yml")):
        if find_shipped(name):
            return name
        problems.append(_no_such_name(name, str(extends.place)))
        return None
    if find_shipped(where):
        message = "a shipped architecture extends shipped names only"
        problems.append(Problem(str(extends.place), message, "extends", found=name))
        return None
    return str(pathlib.Path(where).parent / name)


def _no_such_name(name: str, where: str) -> Problem:
    path, where = ("extends", where) if where else ("", name)
    message = "no architecture of that name is shipped, nor is it a YAML file"
    return Problem(where, message, path, found=name, hint=did_you_mean(name, shipped_names()))


def _read(where: str, problems: list[Problem], *, inherited: bool, mentioned: str = "") -> Entry | None:
    shipped = find_shipped(where)
    try:
        if shipped:
            text, file = shipped.read_text("utf-8"), f"{where}.yaml"
        elif where.endswith((".yaml", ".yml")) or pathlib.Path(where).is_file():
            text, file = _text(pathlib.Path(where)), where
        else:
            problems.append(_no_such_name(where, mentioned))
            return None
    except Unreadable as error:
        problems.append(error.problem)
        return None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        message = f"cannot read {where}: {reason}" if mentioned else f"cannot be read: {reason}"
        problems.append(Problem(mentioned or where, message, "extends" if mentioned else ""))
        return None
    entry, found = read_text(text, file, inherited=inherited)
    problems += found
    if entry is not None and not isinstance(entry.value, Mapping):
        expected = "a mapping that begins with deployday: 1"
        problems.append(Problem(str(entry.place), "not a mapping", expected=expected))
        return None
    return entry


def _text(path: pathlib.Path) -> str:
    """The text of a regular file of bearable size; anything else is not opened."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(Problem(str(path), "not a regular file", expected="a YAML file"))
    if status.st_size > MAX_BYTES:
        expected = f"at most {MAX_BYTES:,} bytes"
        raise Unreadable(
            Problem(str(path), "the file is too large", "", expected, f"{status.st_size:,} bytes")
        )
    return path.read_text("utf-8-sig")


def _prepared(
    entry: Entry | None, problems: list[Problem], *, base: bool = False, overlay: bool = False
) -> Entry | None:
    """A file's tree without what concerns the file alone, its node ranges expanded."""
    if entry is None:
        return None
    version = entry.items.get("deployday")
    if not (overlay and version is None) and (version is None or version.value != "1"):
        where = version.place if version else Place(entry.place.file, 1)
        found = str(version.value) if version else ""
        message = "unknown version of the grammar" if version else "is missing"
        problems.append(Problem(str(where), message, "deployday", expected="deployday: 1", found=found))
    drop = {"deployday", "extends", "captured"} | ({"name", "description"} if base else set())
    items = {name: child for name, child in entry.items.items() if name not in drop}
    told = read_mark(entry.items["captured"], problems) if "captured" in entry.items else ""
    tree = Entry(items, entry.place)
    return _expanded(mark(tree, told) if told else tree, problems)


def _expanded(layer: Entry, problems: list[Problem]) -> Entry:
    nodes = layer.items.get("nodes")
    if nodes is None or not isinstance(nodes.value, Mapping):
        return layer
    items: dict[str, Entry] = {}
    by: dict[str, str] = {}
    for key, child in nodes.items.items():
        if key == "level":
            items[key] = child
            continue
        try:
            names = expand(key)
        except ValueError as error:
            problems.append(Problem(str(child.place), "not a node name", "nodes", str(error), key))
            continue
        for name in names:
            if name in items:
                found = f"{by[name]} at {items[name].place} and {key} at {child.place}"
                problems.append(
                    Problem(str(child.place), f"the node {name} is given twice", "nodes", found=found)
                )
            items[name] = child
            by[name] = key
    if len(items) > MAX_NODES:
        problems.append(
            Problem(str(nodes.place), "too many nodes", "nodes", f"at most {MAX_NODES:,}", f"{len(items):,}")
        )
        items = dict(list(items.items())[:1])
    return Entry({**layer.items, "nodes": Entry(items, nodes.place)}, layer.place)


def _option(text: str, problems: list[Problem]) -> Entry | None:
    """The tree of one ``--set path=value``; the value is YAML."""
    place = Place(f"--set {text[:80]}")
    path: Path = ()
    for at in (index for index, letter in enumerate(text) if letter == "="):
        try:
            path, value = parse(text[:at].strip()), text[at + 1 :]
            break
        except ValueError:
            continue
    if not path:
        expected = 'path=value, as compute.flavors["m1.tiny"].ram=1024'
        problems.append(Problem(str(place), "not an assignment", expected=expected))
        return None
    entry, found = read_text(value or "~", str(place))
    if entry is None or found:
        problems += [Problem(str(place), problem.message, show(path)) for problem in found]
        return None
    tree = _placed(entry, place)
    for part in reversed(path):
        tree = Entry({part: tree}, place)
    return _expanded(tree, problems)


def _placed(entry: Entry, place: Place) -> Entry:
    if isinstance(entry.value, Mapping):
        return Entry({name: _placed(child, place) for name, child in entry.items.items()}, place)
    if entry.value is None or isinstance(entry.value, str):
        return Entry(entry.value, place)
    return Entry([_placed(child, place) for child in entry.value], place)


def _merge(below: Entry, above: Entry, path: Path, problems: list[Problem]) -> Entry:
    """``above`` laid over ``below``, mapping by mapping."""
    if not isinstance(above.value, Mapping):
        return above
    items = dict(below.items)
    for name, child in above.items.items():
        here = (*path, name)
        if child.value is None:
            if name not in items:
                hint = "write a value; null takes away what an architecture below gave"
                problems.append(
                    Problem(
                        str(child.place),
                        "has no effect: there is nothing to take away",
                        show(here),
                        hint=hint,
                    )
                )
            items.pop(name, None)
        else:
            items[name] = _merge(items.get(name, Entry({}, child.place)), child, here, problems)
    return Entry(items, above.place)
