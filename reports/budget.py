"""How much of the evidence a report carries; what is left out is counted and said.

The record has everything. A report has to open from a mail attachment: stories that did not pass come first
and get long heads, the others share what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reports.text import count, size

LONG = 2000
SHORT = 300
MANY = 200


@dataclass
class Budget:
    """Characters of bodies and outputs, and rows of evidence, that may still be embedded."""

    characters: int = 250_000
    rows: int = 2_500
    bodies_left_out: int = 0
    bodies_cut: int = 0
    rows_left_out: int = 0

    def body(self, body: Any, *, long: bool) -> str:
        """The head of a body as it stands in the record: text, ``{"head", "len"}`` or something JSON-able."""
        whole = body_text(body)
        if not whole:
            return ""
        limit = min(LONG if long else SHORT, self.characters)
        if limit < 40:
            self.bodies_left_out += 1
            return ""
        self.characters -= min(len(whole), limit)
        total = body_size(body) or len(whole)
        if len(whole) <= limit and total <= len(whole.encode("utf-8", "replace")):
            return whole
        self.bodies_cut += 1
        return f"{whole[:limit]}… ({size(total)} in all)"

    def row(self) -> bool:
        """Whether one more row of evidence has room."""
        if self.rows <= 0:
            self.rows_left_out += 1
            return False
        self.rows -= 1
        return True

    def sentences(self) -> list[str]:
        """What was left out, for the report's reader."""
        said = []
        if self.bodies_cut:
            said.append(f"{count(self.bodies_cut, 'body', 'bodies')} shown by the head alone")
        if self.bodies_left_out:
            said.append(f"{count(self.bodies_left_out, 'body', 'bodies')} of passing scenarios not shown")
        if self.rows_left_out:
            said.append(f"{count(self.rows_left_out, 'row', 'rows')} (exchanges, commands, checks) not shown")
        return [f"{sentence}; events.jsonl has them." for sentence in said]


def body_text(body: Any) -> str:
    """A recorded body as text; binary ones as their base64 head."""
    if body is None:
        return ""
    if isinstance(body, dict) and isinstance(body.get("head"), str):
        return f"base64:{body['head']}" if body.get("encoding") == "base64" else str(body["head"])
    return body if isinstance(body, str) else str(body)


def body_size(body: Any) -> int | None:
    """Length in bytes of the body as it was sent, where the record says it."""
    if isinstance(body, dict) and isinstance(body.get("len"), int):
        return int(body["len"])
    return len(body.encode("utf-8", "replace")) if isinstance(body, str) else None


def small(thing: Any) -> Any:
    """An observed value of bounded size: long texts and lists by their head, anything else as it is."""
    if isinstance(thing, str) and len(thing) > LONG:
        return f"{thing[:LONG]}… ({len(thing)} characters)"
    if isinstance(thing, list) and len(thing) > MANY:
        return [*(small(each) for each in thing[:MANY]), f"… ({len(thing)} in all)"]
    if isinstance(thing, list):
        return [small(each) for each in thing]
    if isinstance(thing, dict):
        return {str(name)[:SHORT]: small(each) for name, each in list(thing.items())[:MANY]}
    return thing
