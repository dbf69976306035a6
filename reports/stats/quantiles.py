"""Quantiles of measured values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value below which that share lies, between neighbours in proportion; None without values."""
    return float(np.quantile(np.asarray(values, dtype=float), share)) if len(values) else None
