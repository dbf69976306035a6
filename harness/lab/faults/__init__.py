"""The named ways in which the lab can be broken.

Three seams only: a rule in front of a service (``rules``), rows of a state machine kept as data, and real
things (a file, a process, a row of the world). No service file knows that faults exist.
"""

from harness.lab.faults.registry import Bench, Fault, fault, faults
from harness.lab.faults.rules import Change, Exchange, Rule, Rules, Seam
from harness.lab.faults.toggles import Toggles

__all__ = ["Bench", "Change", "Exchange", "Fault", "Rule", "Rules", "Seam", "Toggles", "fault", "faults"]
