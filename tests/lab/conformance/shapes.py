"""The shape of an exchange: what the replay counts."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from tests.lab.conformance.recording import Answer

Shape = tuple[str, str, int, str]
"""method, path shape, status, type tree."""

IDENTIFIER = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_KINDS = {bool: "bool", int: "int", float: "float", str: "str", type(None): "null"}


def shape(method: str, path: str, answer: Answer) -> Shape:
    """The shape of one exchange."""
    return method, path_shape(path), answer.status, type_tree(answer)


def path_shape(path: str) -> str:
    """The path with identifiers and numbers left open and the query reduced to its keys.

    >>> path_shape("/v2/7e0a5c1d7e0a5c1d7e0a5c1d7e0a5c1d/os-volumes/3?limit=1")
    '/v2/{id}/os-volumes/{n}?limit'
    """
    parts = urlsplit(path)
    segments = ["{n}" if part.isdigit() else IDENTIFIER.sub("{id}", part) for part in parts.path.split("/")]
    keys = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return "/".join(segments) + ("?" + "&".join(keys) if keys else "")


def type_tree(answer: Answer) -> str:
    """The types in a body: JSON and XML as a tree, anything else by its kind."""
    body, kind = answer.body, answer.header("content-type")
    if not body:
        return "empty"
    if "json" in kind or body[:1] in (b"{", b"["):
        try:
            return json.dumps(_json_tree(json.loads(body)), sort_keys=True)
        except ValueError:
            return "text"
    if body.startswith(b"<?xml") or "xml" in kind:
        try:
            return _xml_tree(ElementTree.fromstring(body))
        except ElementTree.ParseError:
            return "text"
    return "html" if body.lstrip()[:5].lower() == b"<html" else "text"


def _json_tree(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json_tree(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(_json_tree(item), sort_keys=True) for item in value})
    return _KINDS[type(value)]


def _xml_tree(node: ElementTree.Element) -> str:
    inside = sorted({_xml_tree(child) for child in node})
    text = "text" if node.text and node.text.strip() else ""
    return f"{node.tag}({','.join(sorted(node.attrib))})[{' '.join(inside)}]{text}"


def difference(expected: str, got: str) -> str:
    """Where two type trees differ, for people."""
    try:
        return "; ".join(_walk(json.loads(expected), json.loads(got), ""))[:400] or "same"
    except ValueError:
        return f"{expected[:120]} / {got[:120]}"


def _walk(expected: Any, got: Any, where: str) -> list[str]:
    if isinstance(expected, dict) and isinstance(got, dict):
        lacking = [f"{where}.{key} is absent" for key in expected if key not in got]
        extra = [f"{where}.{key} is extra" for key in got if key not in expected]
        both = [_walk(expected[key], got[key], f"{where}.{key}") for key in expected if key in got]
        return lacking + extra + [line for lines in both for line in lines]
    if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        pairs = zip(map(json.loads, expected), map(json.loads, got), strict=True)
        return [line for left, right in pairs for line in _walk(left, right, f"{where}[]")]
    return (
        [] if expected == got else [f"{where}: {json.dumps(expected)[:150]} became {json.dumps(got)[:150]}"]
    )
