"""Emptying a ledger: in order, patiently, and nothing that belongs to others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.ledger import KINDS, Cleaned, Ledger, Thing, clean
from tests.ledger.cloud import InMemory

PREFIX = "deployday-1f2e-"


class Bench:
    """A ledger and a cloud in which a run creates things."""

    def __init__(self, path: Path) -> None:
        self.ledger = Ledger(path)
        self.cloud = InMemory()

    def create(
        self, kind: str, number: int, *, sent: bool = True, answered: bool = True, tenant: str = "site"
    ) -> Thing:
        name = f"{PREFIX}{kind}-{number}"
        thing = Thing(kind, f"id-{kind}-{number}", name, tenant)
        with self.ledger.creating(kind, name=name, tenant=tenant) as entry:
            if sent:
                self.cloud.things[thing] = -1
            if sent and answered:
                entry.made(thing.id)
        return thing

    def clean(self, **more: Any) -> Cleaned:
        self.cloud.time.now = max(self.cloud.time.now, *(entry.t + 60 for entry in self.ledger.entries()), 0)
        return clean(self.ledger, self.cloud, prefix=PREFIX, clock=self.cloud.time.clock, **more)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "ledger.jsonl")


def test_everything_goes_users_of_others_first(bench: Bench) -> None:
    for number, kind in enumerate(reversed(KINDS)):
        bench.create(kind, number)
    cleaned = bench.clean()
    assert [thing.kind for thing in bench.cloud.deleted] == list(KINDS)
    assert (len(cleaned.removed), cleaned.absent, cleaned.left) == (len(KINDS), (), ())
    assert bench.ledger.open_entries() == []
    assert bench.clean() == Cleaned()


def test_what_is_gone_already_is_gone(bench: Bench) -> None:
    del bench.cloud.things[bench.create("server", 1)]
    cleaned = bench.clean()
    assert (len(cleaned.absent), cleaned.removed, bench.ledger.open_entries()) == (1, (), [])


def test_it_waits_until_things_are_really_gone(bench: Bench) -> None:
    bench.cloud.lingering = 7
    bench.create("server", 1)
    bench.create("volume", 2)
    cleaned = bench.clean()
    assert (len(cleaned.removed), bench.cloud.things) == (2, {})
    assert len(bench.cloud.time.slept) == 14
    assert bench.cloud.time.slept[0] < bench.cloud.time.slept[6] <= 1.0


def test_things_of_one_rank_go_together(bench: Bench) -> None:
    bench.cloud.lingering = 5
    for number in range(10):
        bench.create("server", number)
    bench.clean()
    assert len(bench.cloud.time.slept) == 5


def test_what_refuses_at_first_is_asked_again(bench: Bench) -> None:
    thing = bench.create("volume", 1)
    bench.cloud.refusing[thing] = 3
    assert len(bench.clean().removed) == 1


def test_what_never_goes_is_told_and_stays_in_the_ledger(bench: Bench) -> None:
    thing, other = bench.create("volume", 1), bench.create("image", 2)
    bench.cloud.refusing[thing] = 10**9
    cleaned = bench.clean(limit=30.0)
    assert [str(left) for left in cleaned.left] == [
        f"volume {PREFIX}volume-1 (id-volume-1): id-volume-1 is busy"
    ]
    assert [entry.id for entry in cleaned.removed] == [other.id]
    assert [entry.id for entry in bench.ledger.open_entries()] == [thing.id]
    assert 30.0 <= sum(bench.cloud.time.slept) < 32.0


def test_what_stayed_is_looked_at_once_more_and_what_uses_others_last(bench: Bench) -> None:
    server, volume = bench.create("server", 1), bench.create("volume", 2)
    bench.cloud.refusing |= {server: 10**9, volume: 10**9}
    asked: list[Thing] = []
    exists = bench.cloud.exists
    bench.cloud.exists = lambda thing: (asked.append(thing), exists(thing))[1]  # type: ignore[method-assign]
    assert len(bench.clean(limit=1.0).left) == 2
    assert asked == [volume, server]


def test_what_goes_while_others_are_removed_is_gone(bench: Bench) -> None:
    server, image = bench.create("server", 1), bench.create("image", 2)
    bench.cloud.refusing[server] = 10**9
    delete = bench.cloud.delete

    def deleting(thing: Thing) -> None:
        delete(thing)
        if thing.id == image.id:
            del bench.cloud.things[server]

    bench.cloud.delete = deleting  # type: ignore[method-assign]
    cleaned = bench.clean(limit=1.0)
    assert (len(cleaned.removed), cleaned.left, bench.ledger.open_entries()) == (2, (), [])


def test_an_answer_that_was_lost_is_found_by_name(bench: Bench) -> None:
    bench.create("server", 1, answered=False)
    bench.cloud.put("server", "stranger", f"{PREFIX}server-11", "site")
    cleaned = bench.clean()
    assert [thing.id for thing in bench.cloud.deleted] == ["id-server-1"]
    assert len(cleaned.removed) == 1


def test_an_id_that_something_else_has_now_is_left_alone(bench: Bench) -> None:
    thing = bench.create("volume", 1)
    del bench.cloud.things[thing]
    bench.cloud.put("volume", thing.id, "payroll", "site")
    cleaned = bench.clean()
    assert [left.why for left in cleaned.left] == ["its id belongs to payroll now"]
    assert bench.cloud.deleted == []


def test_names_need_not_be_unique(bench: Bench) -> None:
    bench.create("server", 1, answered=False)
    bench.cloud.put("server", "twin", f"{PREFIX}server-1", "site")
    bench.clean()
    assert bench.cloud.things == {}


def test_an_intent_that_was_never_sent_is_closed(bench: Bench) -> None:
    bench.create("server", 1, sent=False)
    cleaned = bench.clean()
    assert (len(cleaned.absent), bench.ledger.open_entries()) == (1, [])


def test_a_request_that_takes_effect_late_is_waited_for(bench: Bench) -> None:
    thing = bench.create("server", 1, sent=False)
    (entry,) = bench.ledger.open_entries()
    bench.cloud.time.now = entry.t + 1
    bench.cloud.late[thing] = entry.t + 3
    cleaned = clean(bench.ledger, bench.cloud, prefix=PREFIX, clock=bench.cloud.time.clock)
    assert (len(cleaned.removed), bench.cloud.things) == (1, {})


def test_a_name_that_anybody_could_have_given_is_no_proof(bench: Bench) -> None:
    with bench.ledger.creating("server", name="web", tenant="site"):
        pass
    bench.cloud.put("server", "theirs", "web", "site")
    cleaned = bench.clean()
    assert "nothing tells it from what others made" in str(cleaned.left[0])
    assert bench.cloud.deleted == []
    assert len(bench.clean(own=["site"]).removed) == 1


def test_an_address_without_name_or_id_cannot_be_told_from_others(bench: Bench) -> None:
    with bench.ledger.creating("address", name="", tenant="site"):
        pass
    theirs = bench.cloud.put("address", "7", "203.0.113.9", "site")
    cleaned = bench.clean()
    assert "nothing tells it from what others made: 203.0.113.9" in str(cleaned.left[0])
    assert theirs in bench.cloud.things
    assert bench.clean(own=["site"]).removed
    assert bench.cloud.things == {}


def test_an_address_of_which_nothing_came_is_absent(bench: Bench) -> None:
    """All that the tenant holds is known to other entries, so the one intended was never made."""
    with bench.ledger.creating("address", name="", tenant="site") as entry:
        entry.made("7")
    with bench.ledger.creating("address", name="", tenant="site"):
        pass
    bench.cloud.put("address", "7", "203.0.113.9", "site")
    cleaned = bench.clean()
    assert (len(cleaned.removed), len(cleaned.absent), cleaned.left) == (1, 1, ())


@pytest.mark.parametrize("trouble", ["broken", "strange"])
def test_what_cannot_be_looked_up_is_left(bench: Bench, trouble: str) -> None:
    bench.create("volume", 1, answered=False)
    bench.create("image", 2)
    setattr(bench.cloud, trouble, {"volume"})
    cleaned = bench.clean()
    assert "could not be looked up" in str(cleaned.left[0])
    assert [entry.kind for entry in cleaned.removed] == ["image"]


def test_one_thing_with_two_entries_goes_once(bench: Bench) -> None:
    bench.create("object", 1)
    bench.create("object", 1)
    assert len(bench.clean().removed) == 2
    assert len(bench.cloud.deleted) == 1


_STEP = st.tuples(st.sampled_from(KINDS), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 3))


@settings(deadline=None)
@given(
    steps=st.lists(_STEP, max_size=15),
    foreign=st.lists(st.sampled_from(KINDS), max_size=5),
    lingering=st.integers(0, 3),
)
def test_whatever_was_created_goes_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Any], foreign: list[str], lingering: int
) -> None:
    bench = Bench(tmp_path_factory.mktemp("any") / "l")
    bench.cloud.lingering = lingering
    for number, (kind, sent, answered, vanished, refusing) in enumerate(steps):
        thing = bench.create(kind, number, sent=sent, answered=answered)
        bench.cloud.refusing[thing] = refusing
        if vanished:
            bench.cloud.things.pop(thing, None)
    theirs = [bench.cloud.put(kind, f"theirs-{n}", f"other-{n}", "site") for n, kind in enumerate(foreign)]
    cleaned = bench.clean()
    assert cleaned.left == ()
    assert list(bench.cloud.things) == theirs
    assert bench.ledger.open_entries() == []
    ranks = [KINDS.index(thing.kind) for thing in bench.cloud.deleted]
    assert ranks == sorted(ranks)


def test_a_thing_that_the_run_renamed_is_still_its_own(bench: Bench) -> None:
    with bench.ledger.creating("image", name=f"{PREFIX}image-1", tenant="site") as entry:
        entry.made("7")
    bench.cloud.put("image", "7", f"{PREFIX}image-2", "site")
    assert len(bench.clean().removed) == 1
    with bench.ledger.creating("image", name=f"{PREFIX}image-3", tenant="site") as entry:
        entry.made("8")
    bench.cloud.put("image", "8", "somebody's", "site")
    assert "belongs to somebody's now" in str(bench.clean().left[0])
