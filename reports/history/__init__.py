"""What many runs tell: an index over run folders, and the questions that are put to it.

The folders are the truth. The index (``entry``: what is kept of a run; ``index``: the SQLite file) can be
thrown away at any time; ``series`` lays the runs of one cloud side by side as arrays, and the questions
(``story``, ``trend``, ``flaky``, ``durations``) are asked of those. ``retention`` says which folders a bound
lets go, and removes nothing.
"""
