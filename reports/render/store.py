"""Parts of a page that a reader rarely opens, kept once and put in by the page's script when they are.

A part is markup that was rendered and escaped as all others. It is cut at its tags; every piece (a tag, a
URL, an answer) stands once in a table, and a part is a list of places in it. The table is JSON in a data
block of the page: readable, searchable with ``grep``, and about a fifth of what it stands for. Nothing in it
can end the block: ``<`` is written as an escape, and so are the separators that end a line of a script.
"""

from __future__ import annotations

import json
import re
from typing import Any

from markupsafe import Markup

_PIECES = re.compile(r"((?:<[^>]*>\s*)+)")
"""Runs of tags, and what stands between them. No ``<`` or ``>`` of a text or an attribute is left bare."""
_LEAVING = {"<": "\\u003c", ">": "\\u003e", "\u2028": "\\u2028", "\u2029": "\\u2029"}


class Store:
    """Collects parts; ``keep`` gives the number that the page names one by."""

    def __init__(self) -> None:
        self.parts: list[list[int]] = []
        self._places: dict[str, int] = {}

    def keep(self, markup: Markup) -> int:
        """Keep a part and tell its number."""
        pieces = [piece for piece in _PIECES.split(str(markup).strip()) if piece]
        self.parts.append([self._place(piece) for piece in pieces])
        return len(self.parts) - 1

    def _place(self, piece: str) -> int:
        said = piece if piece[0] == "<" else piece.replace("&#34;", '"').replace("&#39;", "'")
        return self._places.setdefault(said, len(self._places))

    def script(self, **more: Any) -> Markup:
        """The data block's content: ``{"texts": […], "parts": [[…]]}`` and what else is given."""
        return embedded({"texts": list(self._places), "parts": self.parts, **more})


def embedded(data: Any) -> Markup:
    """JSON that can stand in a ``<script>`` of a page whatever texts it holds."""
    said = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign, instead in _LEAVING.items():
        said = said.replace(sign, instead)
    return Markup(said)  # noqa: S704 - nothing in it is markup any more
