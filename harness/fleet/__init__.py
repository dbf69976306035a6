"""What the facts of many hosts come to: against a description, each other, an earlier day.

Pure: facts in, findings out; nobody is asked and nothing is written here but a snapshot.
"""

from harness.fleet.alike import Odd, odd_ones
from harness.fleet.holding import FAMILIES, observations
from harness.fleet.observed import Observed

__all__ = ["FAMILIES", "Observed", "Odd", "observations", "odd_ones"]
