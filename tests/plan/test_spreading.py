"""Stories that anybody may tell are handed out over the run's users."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from harness.plan.planned import PlannedScenario
from harness.plan.spreading import creations, spread
from tests.plan.relaxed import RELAXED

USERS = ("main", "other", "user-3")


def story(id: str, subject: str | None = None, **words: object) -> PlannedScenario:
    return PlannedScenario(id, subject, "compute", "", **words)  # type: ignore[arg-type]


@st.composite
def stories(draw: st.DrawFn) -> list[PlannedScenario]:
    count = draw(st.integers(1, 20))
    return [
        story(
            f"s.{number}",
            draw(st.sampled_from([None, "a", "b", "c", "d"])),
            spread=draw(st.booleans()),
            creates=draw(st.integers(0, 3)),
            reach=draw(st.integers(0, 5)) > 0,
        )
        for number in range(count)
    ]


@RELAXED
@given(stories(), st.integers(1, 3))
def test_all_stories_of_a_subject_have_one_user_and_nobody_has_much_more(
    rows: list[PlannedScenario], count: int
) -> None:
    users = USERS[:count]
    told = spread(rows, users)
    assert [row.key for row in told] == [row.key for row in rows]
    assert told == spread(told, users)
    for row in told:
        assert row.account in users
        assert row.spread or row.account == "main"
    for subject in {row.subject for row in told} - {None}:
        assert len({row.account for row in told if row.spread and row.runs and row.subject == subject}) <= 1
    sent = creations(told)
    fixed = sum(row.creates for row in rows if row.runs and not row.spread)
    groups: Counter[str] = Counter()
    for row in rows:
        groups[row.subject or row.key] += row.creates if row.spread and row.runs else 0
    biggest = max(groups.values())
    assert max(sent.values(), default=0) <= max(fixed, min(sent[user] for user in users) + biggest)


def test_hosts_are_handed_out_in_turn() -> None:
    rows = [story("compute.boot", servers=1, creates=1)]
    rows += [story("compute.boots_on", host, spread=True, creates=1) for host in "abcd"]
    rows += [story("volumes.attaches_on", host, spread=True) for host in "abcd"]
    told = {row.key: row.account for row in spread(rows, USERS)}
    assert told["compute.boot"] == "main"
    assert [told[f"compute.boots_on[{host}]"] for host in "abcd"] == ["other", "user-3", "main", "other"]
    assert all(told[f"volumes.attaches_on[{host}]"] == told[f"compute.boots_on[{host}]"] for host in "abcd")
    assert {row.account for row in spread(rows, ["main"])} == {"main"}


def test_what_hangs_together_has_one_user() -> None:
    rows = [
        story("compute.boot", creates=9),
        story("compute.several", needs=("compute.boot",), spread=True, creates=1),
        story(
            "compute.pause", needs=("compute.boot",), after=("compute.several",), spread=True, holds=("p",)
        ),
        story("compute.stop", needs=("compute.boot",), spread=True, holds=("p",), creates=2),
        story("compute.refused", "a", needs=("compute.boot",), spread=True, creates=1),
        story("compute.refused", "b", needs=("compute.boot",), spread=True, creates=1),
        story("network.rules", needs=("compute.boot",), spread=True),
    ]
    told = {row.key: row.account for row in spread(rows, USERS)}
    assert {told[f"compute.{name}"] for name in ("several", "pause", "stop")} == {"other"}
    assert told["compute.refused[a]"] == told["compute.refused[b]"] == "user-3"
    assert told["network.rules"] == "user-3"
