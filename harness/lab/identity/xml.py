"""The XML of identity v2.0, made from the same documents as the JSON.

Scalars become attributes, lists a container of singular elements; links stand without a container and a
description is an element of its own.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

_NAMESPACE = "http://docs.openstack.org/identity/api/v2.0"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_BARE = ("links", "endpoints", "roles", "values")
"""Lists that stand without a container."""
_SINGULAR = {"serviceCatalog": "service", "media-types": "media-type", "values": "version"}
_AS_ELEMENT = ("description",)


def dump(data: dict[str, Any]) -> str:
    """The document; its one key is the root element."""
    name, value = next(iter(data.items()))
    return _HEAD + "\n".join(_element(name, value, f' xmlns="{_NAMESPACE}"', 0)) + "\n"


def _element(name: str, value: Any, extra: str, depth: int) -> list[str]:
    pad = "  " * depth
    if not isinstance(value, dict | list):
        return [f"{pad}<{name}>{escape(_scalar(value))}</{name}>"]
    attributes = extra
    inside: list[str] = []
    items = value.items() if isinstance(value, dict) else [(_singular(name), item) for item in value]
    for key, item in items:
        if isinstance(item, list) and key in _BARE:
            inside += [line for each in item for line in _element(_singular(key), each, "", depth + 1)]
        elif isinstance(item, dict | list) or key in _AS_ELEMENT:
            inside += _element(key, item, "", depth + 1) if item != [] else []
        elif item is not None:
            attributes += f" {key}={quoteattr(_scalar(item))}"
    if not inside:
        return [f"{pad}<{name}{attributes}/>"]
    return [f"{pad}<{name}{attributes}>", *inside, f"{pad}</{name}>"]


def _singular(name: str) -> str:
    return _SINGULAR.get(name, name.removesuffix("s"))


def _scalar(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def load(raw: bytes) -> dict[str, Any]:
    """A request in XML as the JSON document that it stands for; ``ValueError`` when it is none.

    Document types are refused: entities could blow up a small request.
    """
    if re.search(rb"<!(DOCTYPE|ENTITY)", raw):
        raise ValueError("a document type in a request")
    try:
        root = ElementTree.fromstring(raw)  # noqa: S314 - bounded, and without entities
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from None
    return {_local(root.tag): _value(root)}


def _value(node: ElementTree.Element) -> Any:
    data: dict[str, Any] = {_local(key): _typed(text) for key, text in node.attrib.items()}
    for child in node:
        data[_local(child.tag)] = _value(child)
    return data or (node.text or "").strip()


def _typed(text: str) -> Any:
    return {"true": True, "false": False}.get(text, text)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
