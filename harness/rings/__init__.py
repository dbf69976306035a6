"""Swift's rings, read without Swift: the pickles of Essex, R1NG version 1 and version 2, and builder files.

``unpickle`` builds nothing but plain data, ``read`` knows the formats, ``model`` holds a ring as arrays. A
file that comes from a host is hostile input: everything is bounded, and what is wrong is a ``RingError``
that says what and where.
"""

from harness.rings.errors import RingError
from harness.rings.model import Builder, Device, Ring
from harness.rings.read import read_builder, read_ring

__all__ = ["Builder", "Device", "Ring", "RingError", "read_builder", "read_ring"]
