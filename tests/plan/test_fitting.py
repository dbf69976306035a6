"""A plan within quotas and rate limits: what is given up, and in which order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.accounts.allowance import Allowance
from harness.plan.fitting import at_once, fit, short
from harness.plan.planned import PlannedScenario
from harness.plan.room import Room
from harness.plan.spreading import creations
from tests.plan.relaxed import RELAXED
from tests.plan.test_room import plans as laid_out


def story(id: str, **words: object) -> PlannedScenario:
    return PlannedScenario(id, None, "compute", "", **words)  # type: ignore[arg-type]


def server(id: str, **words: object) -> PlannedScenario:
    return story(id, **{"servers": 1, "creates": 1, **words})


BOOT = server("compute.boot", until=("compute.delete",))
SUITE = (
    story("preflight.budget"),
    BOOT,
    story("compute.show", needs=("compute.boot",)),
    server("compute.twin", needs=("compute.boot",)),
    story("compute.delete", needs=("compute.boot",), after=("compute.show", "compute.twin")),
    server("guests.boot", until=("guests.delete",)),
    story("guests.ping", needs=("guests.boot",)),
    story("guests.delete", needs=("guests.boot",), after=("guests.ping",)),
)


def unreached(rows: tuple[PlannedScenario, ...]) -> dict[str, str]:
    return {row.key: row.reason for row in rows if not row.reach}


def test_where_nobody_says_anything_nothing_is_given_up() -> None:
    assert fit(SUITE, {"main": Allowance()}, 4) == SUITE
    assert fit(SUITE, {"main": Allowance(servers=2, creations=3)}, 4) == SUITE


def test_the_last_declared_goes_first_and_takes_along_what_needs_it() -> None:
    rows = fit(SUITE, {"main": Allowance(creations=2, of="50 a day")}, 4)
    assert unreached(rows) == {
        "guests.boot": "over the budget of creations: 2 of 50 a day are left for this user, "
        "and the plan needs 3",
        "guests.ping": "it needs what is out of reach: guests.boot",
        "guests.delete": "it needs what is out of reach: guests.boot",
    }
    assert list(unreached(fit(SUITE, {"main": Allowance(creations=1)}, 4))) == [
        "compute.twin",
        "guests.boot",
        "guests.ping",
        "guests.delete",
    ]


def test_a_quota_of_one_server_has_no_room_for_a_second_beside_it() -> None:
    rows = fit(SUITE, {"main": Allowance(servers=1, quota="1 server")}, 4)
    assert unreached(rows) == {
        "compute.twin": "beside the servers that it needs, the quota of 1 server leaves no room "
        "for 1 server more"
    }


def test_a_story_that_is_larger_than_the_quota_is_told_so() -> None:
    rows = (*SUITE, server("compute.three", servers=3))
    allowed = Allowance(servers=2, quota="3 servers, of which 1 is taken,")
    found = unreached(fit(rows, {"main": allowed}, 4))["compute.three"]
    assert found == "it runs 3 servers at once, and the quota of 3 servers, of which 1 is taken, leaves 2"


def test_where_not_even_one_server_can_be_made_the_budgets_story_tells() -> None:
    for allowed in (Allowance(servers=0), Allowance(creations=0)):
        assert unreached(fit(SUITE, {"main": allowed, "other": Allowance()}, 4)) == {}


def test_who_has_enough_left_is_asked_first_and_who_has_nothing_never() -> None:
    rows = tuple(
        PlannedScenario("on.host", name, "compute", "", servers=1, creates=2, spread=True) for name in "abc"
    )
    book = {
        "main": Allowance(creations=3),
        "other": Allowance(creations=0),
        "user-3": Allowance(creations=4),
    }
    told = fit(rows, book, 4)
    assert [row.account for row in told] == ["main", "user-3", "user-3"]
    assert unreached(told) == {}
    assert short(told, book) == {}


ALLOWED = st.builds(
    Allowance,
    servers=st.none() | st.integers(1, 3),
    creations=st.none() | st.integers(1, 6),
)


@RELAXED
@given(laid_out(), st.fixed_dictionaries({"main": ALLOWED, "other": ALLOWED}), st.integers(2, 4))
def test_what_is_kept_fits_and_what_is_needed_is_kept(
    rows: list[PlannedScenario], book: dict[str, Allowance], budget: int
) -> None:
    rows = [PlannedScenario.from_json({**row.to_json(), "creates": row.servers}) for row in rows]
    told = fit(rows, book, budget)
    assert [row.key for row in told] == [row.key for row in rows]
    assert told == fit(rows, book, budget)
    kept = [row for row in told if row.runs]
    assert short(told, book) == {}
    assert Room(kept, budget, at_once(book)).suffices()
    lost = {row.key for row in told if not row.runs}
    assert all(not lost & set(row.needs) for row in kept)
    assert all(row.reason for row in told if not row.runs)
    if all(allowed.creations is None for allowed in book.values()) and Room(rows, budget).suffices():
        tight = any(allowed.servers is not None for allowed in book.values())
        assert tight or not lost
    assert all(count <= sum(row.creates for row in rows) for count in creations(told).values())


def test_what_is_sent_as_the_stranger_is_the_strangers_cost() -> None:
    rows = (server("compute.boot"), story("compute.foreign", needs=("compute.boot",), foreign=2))
    book = {"main": Allowance(creations=1), "other": Allowance(creations=1, of="50 a day")}
    told = fit(rows, book, 4)
    assert unreached(told) == {
        "compute.foreign": "over the budget of creations: 1 of 50 a day are left for this user, "
        "and the plan needs 2"
    }
    assert unreached(fit(rows, {"main": Allowance(creations=1)}, 4)) == {}
