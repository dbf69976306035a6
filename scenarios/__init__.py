"""The suites: one folder a subject, told as stories.

They use fixtures and ``harness.testing`` only; waiting, evidence and clean-up belong to the machinery.
"""
