"""Which of two sets of durations is longer, and how sure that is; numbers in, statements out.

``ranks`` holds the Mann-Whitney test, ``gaps`` what is said where it has too few samples, ``several`` the
correction for many statements, ``needed`` how many samples would do, ``judging`` puts them together. Knows
numbers alone: no run, no scenario. The rules, and why: docs/decisions/0013.
"""

from reports.stats.judging import ALPHA, MARGIN, NEGLIGIBLE, Pair, Statement, judge
from reports.stats.quantiles import quantile

__all__ = ["ALPHA", "MARGIN", "NEGLIGIBLE", "Pair", "Statement", "judge", "quantile"]
