"""What all formats of a comparison say alike."""

from __future__ import annotations

import pytest

from reports.compare.model import Time
from reports.compare.render.words import ratio


@pytest.mark.parametrize(
    ("high", "said"),
    [(1.36, "x 1.23 (1.10 to 1.36)"), (1e70, "x 1.23 (1.10 to over 100)"), (None, "x 1.23")],
)
def test_an_interval_that_few_samples_leave_open_is_not_spelt_out(high: float | None, said: str) -> None:
    row = Time.model_construct(ratio=1.23, low=1.1, high=high)
    assert ratio(row) == said
