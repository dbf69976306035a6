"""A pytest plugin: the run describes another cloud than the one that is there, leaf by leaf."""

from __future__ import annotations

import json
import os
from typing import Any

import harness.site
from harness.arch import Architecture, load, parse

CHANGES = {parse(path): value for path, value in json.loads(os.environ["MUTATIONS"]).items()}
"""The described values to change: ``MUTATIONS`` holds JSON, printed path → value."""


def changed(*words: Any, **more: Any) -> Architecture:
    """The architecture that the site names, with those changes."""
    return load(*words, **more).with_changes(CHANGES)


harness.site.load = changed  # at import: the run reads its site before any hook of this plugin
