from typing import Any

import pytest

from harness.cloud.clocks import skews

NOON = 1335873600.0  # Tue, 01 May 2012 12:00:00 GMT


def row(
    received: float, date: str, ms: float = 0.0, url: str = "http://10.0.0.1:8774/v2", **more: Any
) -> dict[str, Any]:
    answer = {"headers": {"date": date}}
    return {"kind": "exchange", "worker": "main", "seq": int(received * 10) % 1000, "t": received, "ms": ms,
            "url": url, "component": "nova", "response": answer} | more  # fmt: skip


def at(second: int) -> str:
    return f"Tue, 01 May 2012 12:00:{second:02} GMT"


def seconds(*rows: dict[str, Any]) -> dict[str, float]:
    return {name: round(skew.seconds, 3) for name, skew in skews(rows).items()}


def test_a_clock_within_the_second_of_its_date_is_right() -> None:
    assert seconds(row(NOON + 0.9, at(0)), row(NOON + 1.2, at(1))) == {"nova at 10.0.0.1": 0.0}


def test_answers_narrow_the_skew() -> None:
    """Each Date counts whole seconds; together they show a clock that is 0.4 s ahead."""
    ahead = [row(NOON + n + 0.7, at(n + 1)) for n in range(3)]
    assert seconds(*ahead) == {"nova at 10.0.0.1": 0.3}
    assert seconds(*ahead, row(NOON + 3.62, at(4))) == {"nova at 10.0.0.1": 0.38}


def test_a_clock_behind() -> None:
    assert seconds(row(NOON + 10, at(3))) == {"nova at 10.0.0.1": 6.0}


def test_a_slow_answer_proves_little() -> None:
    assert seconds(row(NOON + 5, at(1), ms=5000)) == {"nova at 10.0.0.1": 0.0}


def test_a_clock_that_jumped() -> None:
    assert seconds(row(NOON, at(0)), row(NOON, at(50)))["nova at 10.0.0.1"] == 50


def test_hosts_are_told_apart_and_odd_rows_passed_over() -> None:
    found = skews(
        [
            row(NOON, at(0)),
            row(NOON, at(9), url="http://10.0.0.2/", component="swift"),
            row(NOON, "yesterday"),
            row(NOON, at(0), response=None),
            row(NOON, at(0), kind="command"),
            row(NOON, at(0), response={"headers": None}),
        ]
    )
    assert {name: skew.seconds for name, skew in found.items()} == {
        "nova at 10.0.0.1": pytest.approx(0.0),
        "swift at 10.0.0.2": pytest.approx(9.0),
    }
