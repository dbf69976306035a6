"""Changes to answers that several services' faults make."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from harness.lab.faults.rules import Change, Exchange


def edited(change: Callable[[Any], Any]) -> Change:
    """A change of the JSON document of a good answer."""

    def response(exchange: Exchange) -> Exchange:
        if exchange.status != 200:
            return exchange
        return replace(exchange, body=json.dumps(change(json.loads(exchange.body))).encode())

    return response
