"""What a host says of itself: one script, one round trip, structured facts; the raw answer stays as evidence.

``questions`` is what to ask of a host, ``script`` asks it, ``reading`` turns the answer into ``model.Facts``,
``secrets`` keeps what nobody may see out of it.
"""

from harness.hosts.facts.model import Facts, Unknown
from harness.hosts.facts.questions import Questions

__all__ = ["Facts", "Questions", "Unknown"]
