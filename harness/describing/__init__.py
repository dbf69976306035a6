"""From a running cloud to its description, as a person would write it.

``capturing`` asks the cloud, service by service and node by node; ``writing`` makes a file of what was found.
"""

from harness.describing.capturing import Asked, capture
from harness.describing.sheet import Sheet, read
from harness.describing.writing import write

__all__ = ["Asked", "Sheet", "capture", "read", "write"]
