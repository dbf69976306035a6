"""From a record to a report.

``build`` reads a run's folder, lets ``harness.evidence`` judge it and lays the result out as one versioned
model (``model.Report``); ``causes`` finds what to look at first, ``annotate`` sets the resolved architecture
beside what was seen; ``render`` turns a report into a format and knows nothing of the record. May import
``harness.evidence``, ``harness.arch`` and ``harness.errors``, nothing else of the harness.
"""
