"""What can be wrong with a ring file."""

from __future__ import annotations


class RingError(ValueError):
    """The bytes are not a ring (or builder) that can be read; says what was expected and what was found."""
