"""Before and after: what is ours, what is nobody's guess, what this proof does not cover."""

from __future__ import annotations

from harness.ledger import KINDS, Inventory, Thing, leaks, sweep, take
from tests.ledger.cloud import InMemory

PREFIX = "deployday-1f2e-"


def test_nothing_new_is_no_leak() -> None:
    cloud = InMemory()
    cloud.put("image", "old")
    before = take(cloud, ["deployday-1"])
    found = leaks(before, take(cloud, ["deployday-1"], cloudwide=True), prefix=PREFIX, own=["deployday-1"])
    assert (found.ours, found.foreign, found.unseen) == ((), (), {})


def test_in_tenants_of_our_own_everything_new_is_ours() -> None:
    cloud = InMemory()
    before = take(cloud, ["deployday-1", "deployday-2"])
    address = cloud.put("address", "7", "203.0.113.9", "deployday-2")
    found = leaks(
        before, take(cloud, ["deployday-1", "deployday-2"]), prefix=PREFIX, own=["deployday-1", "deployday-2"]
    )
    assert found.ours == (address,)
    assert sweep(cloud, found.ours, clock=cloud.time.clock) == {}
    assert cloud.things == {}


def test_elsewhere_only_a_sign_of_this_run_makes_it_ours() -> None:
    cloud = InMemory()
    before = take(cloud, ["site"])
    named = cloud.put("volume", "1", f"{PREFIX}volume-1", "site")
    known = cloud.put("address", "2", "203.0.113.9", "site")
    other = cloud.put("server", "3", "somebody's", "site")
    found = leaks(before, take(cloud, ["site"]), prefix=PREFIX, made={("address", "2")})
    assert found.ours == (known, named)
    assert found.foreign == (other,)


def test_a_number_of_one_kind_says_nothing_of_another() -> None:
    cloud = InMemory()
    before = take(cloud, ["site"])
    theirs = cloud.put("volume", "2", "somebody's", "site")
    found = leaks(before, take(cloud, ["site"]), prefix=PREFIX, made={("address", "2")})
    assert (found.ours, found.foreign) == ((), (theirs,))


def test_users_and_tenants_are_looked_for_by_name_alone() -> None:
    cloud = InMemory()
    ours = cloud.put("tenant", "1", f"{PREFIX}tenant-1", "")
    cloud.put("user", "2", "newcomer", "")
    found = leaks(Inventory(), take(cloud, [], cloudwide=True), prefix=PREFIX)
    assert (found.ours, found.foreign) == ((ours,), ())


def test_what_could_not_be_seen_before_is_not_new() -> None:
    cloud = InMemory(broken={"image"}, strange={"snapshot"})
    cloud.put("image", "old", "cirros")
    before = take(cloud, ["deployday-1"])
    assert before.unseen == {
        "image of deployday-1": "image cannot be listed",
        "snapshot of deployday-1": "no snapshot here",
    }
    cloud.broken.clear()
    mine = cloud.put("image", "new", f"{PREFIX}image-1")
    found = leaks(before, take(cloud, ["deployday-1"]), prefix=PREFIX, own=["deployday-1"])
    assert (found.ours, found.foreign) == ((mine,), ())
    assert set(found.unseen) == set(before.unseen)


def test_an_inventory_in_which_nothing_could_be_listed_is_blind() -> None:
    cloud = InMemory(broken=set(KINDS))
    assert take(cloud, ["deployday-1"], cloudwide=True).blind
    cloud.broken.remove("image")
    assert not take(cloud, ["deployday-1"]).blind


def test_sweeping_goes_by_rank_and_tells_what_stays() -> None:
    cloud = InMemory(lingering=2)
    container, thing = cloud.put("container", "c"), cloud.put("object", "c/o")
    stuck = cloud.put("volume", "v")
    cloud.refusing[stuck] = 10**9
    assert sweep(cloud, [container, stuck, thing], limit=5.0, clock=cloud.time.clock) == {stuck: "v is busy"}
    assert cloud.deleted == [thing, container]


def test_an_inventory_travels_as_json() -> None:
    inventory = Inventory(
        frozenset({Thing("server", "1", "a", "t"), Thing("user", "2")}), {"image of t": "broken"}
    )
    assert Inventory.from_json(inventory.to_json()) == inventory
