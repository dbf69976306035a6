"""README and schema say what the grammar is."""

import importlib.resources
import re
import types
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from harness.arch import load, schema
from harness.arch.grammar import Description
from harness.arch.sources import LEVELS
from harness.errors import UsageError

HOME = importlib.resources.files("reference_arch")
README = (HOME / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", README, re.S)


def classes(annotation: Any) -> set[type[BaseModel]]:
    """The model classes that a type is made of."""
    if get_origin(annotation) in (Annotated, Union, types.UnionType, dict, list):
        return {found for each in get_args(annotation) for found in classes(each)}
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return set()
    inner = (classes(info.annotation) for info in annotation.model_fields.values())
    return {annotation, *(found for each in inner for found in each)}


GRAMMAR = sorted(classes(Description), key=lambda each: each.__name__)


@pytest.mark.parametrize("part", GRAMMAR, ids=lambda part: part.__name__)
def test_every_key_is_shown_by_example(part: type[BaseModel]) -> None:
    examples = "\n".join(BLOCKS)
    missing = [
        key for key in part.model_fields if not re.search(rf"(^|[\s{{]){re.escape(key)}:", examples, re.M)
    ]
    assert missing == []


def test_every_key_of_a_file_is_shown_too() -> None:
    assert all(re.search(rf"\b{key}\b", README) for key in ("deployday: 1", "extends", *LEVELS))


def test_the_first_example_is_a_whole_architecture(tmp_path: Path) -> None:
    file = tmp_path / "rack7.yaml"
    file.write_text(BLOCKS[0])
    assert len(load(file).table.clauses) > 400


@pytest.mark.parametrize("block", BLOCKS[1:], ids=lambda block: block.split(":")[0].split("\n")[-1])
def test_every_other_example_is_in_the_grammar(tmp_path: Path, block: str) -> None:
    """Pieces may contradict the cloud that they are laid over, but no key or value of theirs is unknown."""
    file = tmp_path / "piece.yaml"
    file.write_text(block)
    bad = ("unknown key", "cannot be read", "not a", "is missing", "out of range", "not YAML", "is derived")
    try:
        load("essex/six-node", [file])
        found: list[str] = []
    except UsageError as error:
        found = [str(each) for each in error.problems if each.message.startswith(bad)]
    assert found == []


def test_the_schema_is_current() -> None:
    assert (HOME / schema.FILE).read_text("utf-8") == schema.text(), "run python -m harness.arch.schema"


@pytest.mark.parametrize("name", ["ubuntu-12.04", "six-node", "devstack-single", "swift-five-zones"])
def test_what_is_shipped_fits_the_schema(name: str) -> None:
    data = YAML(typ="safe", pure=True).load((HOME / "essex" / f"{name}.yaml").read_text("utf-8"))
    assert list(misfits(data, schema.schema(), schema.schema())) == []


def test_a_mistyped_key_does_not_fit_the_schema() -> None:
    rules = schema.schema()
    assert list(misfits({"deployday": 1, "compute": {"hypervizor": "kvm"}}, rules, rules)) == ["hypervizor"]
    assert list(misfits({"deployday": 1, "nodes": {"a": {"level": "perhaps"}}}, rules, rules))


def misfits(data: Any, rule: Any, root: Any) -> Any:
    """A small reader of the part of JSON Schema that is used here."""
    rule = {**root["$defs"][rule["$ref"].rsplit("/", 1)[1]], **rule} if "$ref" in rule else rule
    if "anyOf" in rule:
        found = [list(misfits(data, each, root)) for each in rule["anyOf"]]
        yield from min(found, key=len)
        return
    if "enum" in rule and data not in rule["enum"]:
        yield data
    if "const" in rule and data != rule["const"]:
        yield data
    kinds = {"object": dict, "array": list, "string": str, "number": (int, float), "integer": int}
    kinds |= {"boolean": bool, "null": type(None)}
    wanted = [rule["type"]] if isinstance(rule.get("type"), str) else rule.get("type", [])
    if wanted and not any(isinstance(data, kinds[kind]) for kind in wanted):
        yield data
    if isinstance(data, list):
        for item in data:
            yield from misfits(item, rule.get("items", {}), root)
    for key, value in data.items() if isinstance(data, dict) and "properties" in rule else ():
        other = rule.get("additionalProperties", {})
        if key not in rule["properties"] and other is False:
            yield key
        else:
            yield from misfits(value, rule["properties"].get(key, other or {}), root)
