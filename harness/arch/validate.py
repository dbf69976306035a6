"""Holds a merged tree against the grammar, and says everything that is wrong with it in the user's words."""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from harness.arch import model
from harness.arch.grammar import Description
from harness.arch.paths import Path, show
from harness.arch.sources import Sources
from harness.arch.suggest import did_you_mean
from harness.errors import Problem

_ROUNDS = 50
_STAND_INS = {"name": "unnamed", "release": "essex", "region": "unnamed"}
"""What is taken for a missing key that nothing else depends on, so that other problems show."""


@dataclass(frozen=True)
class Checked:
    """What can be said of a tree: the description as far as it is sound, and what had to be left out."""

    description: Description | None
    problems: list[Problem]
    left_out: list[Path]


def check(sources: Sources) -> Checked:
    """Validate; what is wrong is left out, so that other problems show in the same go."""
    data = sources.tree.plain()
    problems: list[Problem] = []
    left_out: list[Path] = []
    for attempt in range(_ROUNDS):
        try:
            return Checked(Description.model_validate(data), problems, left_out)
        except ValidationError as error:
            details = error.errors(include_url=False)
        if not attempt:
            problems = [_problem(each, sources) for each in details]
        for each in details:
            path = _path(each)
            if each["type"] == "missing" and path[0] in _STAND_INS:
                data[path[0]] = _STAND_INS[path[0]]
            elif each["type"] == "twice":
                _say_once(_at(data, path))
            elif path := path[:-1] if each["type"] == "missing" else path:
                left_out.append(_leave_out(data, path))
            else:
                return Checked(None, problems, left_out)
    return Checked(None, problems, left_out)


def _leave_out(data: Any, path: Path) -> Path:
    """Take away what stands at a path; where that is part of a list, the whole list. Gives what is gone."""
    above = _at(data, path[:-1])
    if not isinstance(above, dict):
        return _leave_out(data, path[:-1])
    above.pop(path[-1], None)
    return path


def _at(data: Any, path: Path) -> Any:
    """What stands at a path; an empty mapping where it is gone already."""
    for part in path:
        data = data.get(part, {}) if isinstance(data, dict) else {}
    return data


def _say_once(value: Any) -> None:
    """Repetitions in a list, or in the devices of a node, are harmless once they are reported."""
    names = value.get("devices", []) if isinstance(value, dict) else value
    names[:] = dict.fromkeys(names)


def _path(error: ErrorDetails) -> Path:
    """The path of an error; an item of a list stands for its list."""
    return tuple(part for part in error["loc"] if isinstance(part, str) and part != "[key]")


def _problem(error: ErrorDetails, sources: Sources) -> Problem:
    path = _path(error)
    message, expected, hint = _words(error, path)
    context = error.get("ctx", {})
    given = error["input"] if isinstance(error["input"], str | int | float) else ""
    found = str(context.get("found") or given)
    if error["type"] == "missing":
        hint = _meant(path[:-1], sources)
    return Problem(
        str(_where(error, path, sources)), message, show(path) if path else "", expected, found[:80], hint
    )


def _meant(path: Path, sources: Sources) -> str:
    """An item that lacks its keys may be another one, mistyped."""
    above, item = (sources.entry(path[:-1]), path[-1]) if path else (None, "")
    hint = did_you_mean(item, set(above.items) - {item}, list_all=0) if above else ""
    return hint if _model_at(Description, path[:-1]) is None else ""


def _where(error: ErrorDetails, path: Path, sources: Sources) -> Any:
    """The place of the item of a list where there is one, else of the nearest key."""
    entry = sources.entry(path)
    index = next((part for part in error["loc"] if isinstance(part, int)), None)
    if entry is not None and index is not None and isinstance(entry.value, list) and index < len(entry.value):
        return entry.value[index].place
    return sources.place(path)


def _words(error: ErrorDetails, path: Path) -> tuple[str, str, str]:
    """Message, what was expected, hint."""
    kind, context = error["type"], error.get("ctx", {})
    match kind:
        case "missing":
            return "is missing", _described(path), ""
        case "extra_forbidden":
            return _unknown(path)
        case "literal_error":
            known = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
            return "not a known value", ", ".join(known), did_you_mean(str(error["input"]), known, list_all=0)
        case "list_type":
            return "not a list", f"a list: {_described(path)}", ""
        case "dict_type":
            return "not a mapping", f"a mapping: {_described(path)}", ""
        case "too_short":
            return "is empty", f"at least {context.get('min_length', 1)}", ""
        case "greater_than_equal" | "less_than_equal":
            bound = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
            return "out of range", bound, ""
    return error["msg"], str(context.get("expected", "")), ""


def _unknown(path: Path) -> tuple[str, str, str]:
    """An unknown key; one that the resolved model has is derived and needs another word."""
    known = _model_at(Description, path[:-1])
    resolved = _model_at(model.ReferenceArchitecture, path[:-1])
    if resolved and path[-1] in resolved.model_fields:
        return "is derived, never written", "", "change what it follows from; describe shows it"
    keys = [*known.model_fields, "level"] if known else []
    return "unknown key", "", did_you_mean(path[-1], keys)


def _described(path: Path) -> str:
    found = _model_at(Description, path[:-1])
    info = found.model_fields.get(path[-1]) if found else None
    return info.description or "" if info else ""


def _model_at(root: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model class whose keys stand below a path; ``None`` where there are free names or none."""
    current: Any = root
    for part in path:
        if isinstance(current, type) and issubclass(current, BaseModel):
            info = current.model_fields.get(part)
            current = _bare(info.annotation) if info else None
        elif get_origin(current) is dict:
            current = _bare(get_args(current)[1])
        else:
            return None
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _bare(annotation: Any) -> Any:
    """A type without ``Annotated`` and without ``None``."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(each for each in get_args(annotation) if each is not type(None)))
    return annotation
