"""From reports to a comparison of them: N runs side by side.

``reading`` takes what it needs of each report, ``columns`` puts runs of one configuration together, one file
a question answers it (``descriptions``, ``discovered``, ``verdicts``, ``deviations``, ``times``, ``figures``,
``circumstances``), ``build`` asks them all; the answer is ``model.Comparison``, and ``render`` turns that
into a format. Knows reports, and nothing of records, but that a run without a report has one built.
"""
