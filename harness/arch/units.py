"""Quantities as people write them: ``60 s``, ``24 h``, ``200 GB``, ``/22``, ``<= 1 %``.

Each reader takes the text and returns a number in the unit of the model; it raises ``ValueError`` with a
sentence that says what was expected.
"""

from __future__ import annotations

import re

_QUANTITY = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*([A-Za-z]*)\Z")
_SECONDS = {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86400}
_BYTES = {"KB": 1e-3, "MB": 1, "GB": 1024, "TB": 1024 * 1024}


def seconds(text: str) -> float:
    """``60 s``, ``2 min``, ``24 h``, ``500 ms``, ``1 d``: seconds. The unit is needed."""
    number, unit = _quantity(text)
    if number is None or unit not in _SECONDS:
        raise ValueError("a duration: 500 ms, 60 s, 2 min, 24 h or 1 d")
    return number * _SECONDS[unit]


def span(text: str) -> float:
    """``30m``, ``90 s``, ``1h``, ``1h 30m``: seconds, as people say on a command line; ``m`` is minutes."""
    parts = re.findall(r"[0-9.]+\s*[A-Za-z]+", text)
    if not parts or "".join(parts).replace(" ", "") != text.replace(" ", ""):
        raise ValueError("a time: 90 s, 30m, 1h or 1h 30m")
    try:
        return sum(seconds(re.sub(r"\s*m\Z", " min", part)) for part in parts)
    except ValueError:
        raise ValueError("a time: 90 s, 30m, 1h or 1h 30m") from None


def megabytes(text: str) -> int:
    """``512`` or ``512 MB``, ``2 GB``: whole MB of 1024 KB."""
    number, unit = _quantity(text)
    if number is None or unit not in ("", "MB", "GB", "TB"):
        raise ValueError("a size of memory: 512, 512 MB or 2 GB")
    return _whole(number * _BYTES[unit or "MB"], "a whole number of MB")


def gigabytes(text: str) -> int:
    """``20`` or ``20 GB``, ``1 TB``: whole GB of 1024 MB."""
    number, unit = _quantity(text)
    if number is None or unit not in ("", "GB", "TB"):
        raise ValueError("a size of disk: 20, 20 GB or 1 TB")
    return _whole(number * _BYTES[unit or "GB"] / 1024, "a whole number of GB")


def prefix_length(text: str) -> int:
    """``/22``: 22."""
    if not re.fullmatch(r"/[0-9]{1,2}", text) or not 8 <= int(text[1:]) <= 30:
        raise ValueError("a prefix length from /8 to /30")
    return int(text[1:])


def percent(text: str) -> float:
    """``<= 1 %`` or ``1 %``: 1.0."""
    match = re.fullmatch(r"(?:<=\s*)?([0-9]{1,4}(?:\.[0-9]{1,6})?)\s*%", text)
    if not match:
        raise ValueError("a bound in percent: <= 1 %")
    return float(match[1])


def _quantity(text: str) -> tuple[float | None, str]:
    match = _QUANTITY.match(text.strip())
    return (float(match[1]), match[2]) if match else (None, "")


def _whole(number: float, expected: str) -> int:
    if not number.is_integer():
        raise ValueError(expected)
    return int(number)
