"""Lasting accounts: leased to one run at a time, with nothing but a tenant's description to say so."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import Any

import pytest

from harness.accounts import Account, Accounts
from harness.accounts.leasing import LEASE, Leasing, apart
from harness.accounts.marks import FREE, Mark, is_lasting, is_ours, read
from harness.clients.errors import NotFound
from harness.errors import CloudError
from harness.ledger import Inventory, Thing
from tests.identity import Directory
from tests.ledger.cloud import Time


def leasing(directory: Directory, time: Time | None = None) -> Leasing:
    return Leasing(directory, clock=(time or Time()).clock)  # type: ignore[arg-type]


def names(directory: Directory) -> list[str]:
    return [tenant.name for tenant in directory.tenants.values()]


def descriptions(directory: Directory) -> list[str]:
    return [tenant.description for tenant in directory.tenants.values()]


def test_a_first_run_makes_what_it_needs() -> None:
    directory, time = Directory(), Time()
    main, other = leasing(directory, time).take("run-1", 2, roles=["admin", "Member"])
    assert names(directory) == ["deployday-1", "deployday-2"]
    assert [user.name for user in directory.list_users()] == ["deployday-1", "deployday-2"]
    assert directory.passwords == {main.user.id: main.password, other.user.id: other.password}
    assert main.password != other.password
    assert len(main.password) >= 24
    assert directory.grants == {(each.tenant.id, each.user.id, "role-Member") for each in (main, other)}
    assert read(main.tenant.description) == Mark("run-1", float(int(time.now + LEASE)))
    assert main.password not in repr(directory.tenants)


def test_a_second_run_takes_others_and_a_third_what_was_given_back() -> None:
    directory = Directory()
    lease = leasing(directory)
    (first,) = lease.take("run-1", 1)
    (second,) = lease.take("run-2", 1)
    assert (first.tenant.name, second.tenant.name) == ("deployday-1", "deployday-2")
    assert lease.give_back("run-1", first.tenant)
    assert directory.passwords[first.user.id] != first.password
    assert descriptions(directory)[0] == FREE
    (third,) = lease.take("run-3", 1)
    assert third.tenant.name == "deployday-1"
    assert third.user.id == first.user.id
    assert len(directory.grants) == 2


def test_a_run_takes_more_and_keeps_what_it_has() -> None:
    directory = Directory()
    lease = leasing(directory)
    had = lease.take("run-1", 2)
    before = dict(directory.passwords)
    (more,) = lease.take("run-1", 1, beside=had)
    assert more.tenant.name == "deployday-3"
    assert {id: directory.passwords[id] for id in before} == before
    assert [tenant.name for tenant in lease.taken_by("run-1")] == [f"deployday-{n}" for n in (1, 2, 3)]


def test_a_lease_ends_by_itself() -> None:
    directory, time = Directory(), Time()
    lease = leasing(directory, time)
    (first,) = lease.take("run-1", 1)
    time.now += LEASE + 5
    (second,) = lease.take("run-2", 1)
    assert second.tenant.id == first.tenant.id
    before = dict(directory.passwords)
    assert not lease.give_back("run-1", first.tenant), "it is the second's now"
    assert directory.passwords == before
    assert read(descriptions(directory)[0]) == read(second.tenant.description)


def test_the_slower_of_two_operators_gives_way() -> None:
    directory, time = Directory(), Time()
    leasing(directory, time).give_back("x", leasing(directory, time).take("x", 1)[0].tenant)

    def faster(tenant: str) -> None:
        directory.before_update = lambda tenant: None
        time_of_write = Mark("rival", time.now + 99)
        sleep = time.sleep

        def overwritten(seconds: float) -> None:
            directory.update_tenant(tenant, description=str(time_of_write))
            sleep(seconds)

        time.sleep = overwritten  # type: ignore[method-assign]

    directory.before_update = faster
    mine = Leasing(directory, clock=Clocked(time))  # type: ignore[arg-type]
    (taken,) = mine.take("run-1", 1)
    assert taken.tenant.name == "deployday-2"
    assert [mark.run for text in descriptions(directory) if (mark := read(text))] == ["rival", "run-1"]


class Clocked:
    """A clock that looks its sleep up each time."""

    def __init__(self, time: Time) -> None:
        self.now = lambda: time.now
        self.sleep = lambda seconds: time.sleep(seconds)


def test_somebody_elses_tenant_of_that_name_is_left_alone() -> None:
    directory = Directory()
    theirs = directory.create_tenant("deployday-1", "a customer")
    (taken,) = leasing(directory).take("run-1", 1)
    assert taken.tenant.name == "deployday-2"
    assert directory.tenants[theirs.id].description == "a customer"
    assert leasing(directory).ours() == [directory.tenants[taken.tenant.id]]


def test_no_free_account_is_told_and_nothing_stays_leased() -> None:
    directory = Directory()
    for number in range(1, 100):
        directory.create_tenant(f"deployday-{number}", FREE if number == 5 else str(Mark("other", 9e9)))
    with pytest.raises(CloudError, match="no 2 of the tenants"):
        leasing(directory).take("run-1", 2)
    assert leasing(directory).taken_by("run-1") == []


@pytest.mark.parametrize(
    ("roles", "described", "granted"),
    [
        (("admin", "Member"), (), {"role-Member"}),
        (("admin", "Member", "swiftoperator"), (), {"role-Member", "role-swiftoperator"}),
        (("admin", "Member", "swiftoperator"), ("Member",), {"role-Member"}),
        (("admin", "netadmin", "staff"), (), {"role-staff"}),
    ],
)
def test_the_role_is_a_plain_members(
    roles: tuple[str, ...], described: tuple[str, ...], granted: set[str]
) -> None:
    directory = Directory(roles=roles)
    leasing(directory).take("run-1", 1, roles=described)
    assert {role for _, _, role in directory.grants} == granted


def test_without_a_plain_role_there_is_no_account() -> None:
    with pytest.raises(CloudError, match="no role"):
        leasing(Directory(roles=("admin",))).take("run-1", 1)


def test_entering_and_reopening_after_a_crash() -> None:
    directory, time = Directory(), Time()
    lease = leasing(directory, time)
    (crashed,) = lease.take("run-1", 1)
    assert lease.enter("run-1", crashed.tenant)
    again = lease.reopen(crashed.tenant)
    assert directory.passwords[again.user.id] == again.password != crashed.password
    assert not lease.enter("run-2", crashed.tenant)
    time.now += LEASE + 5
    assert lease.enter("run-2", crashed.tenant)
    lease.remove(crashed.tenant)
    assert (directory.tenants, directory.users) == ({}, {})
    with pytest.raises(NotFound):
        lease.reopen(crashed.tenant)


def test_marks() -> None:
    mark = Mark("20120504T060000-rack7-3f2a", 1336111200.0)
    assert str(mark) == "Deploy Day test account: leased by 20120504T060000-rack7-3f2a until 1336111200"
    assert read(str(mark)) == mark
    assert read(FREE) is read("") is read(str(mark) + "x") is None
    assert is_lasting("deployday-99")
    for name in (
        "deployday-0",
        "deployday-100",
        "deployday-1f2e-tenant-1",
        "deployday-1234",
        "deployday-",
        "x",
    ):
        assert not is_lasting(name)
    assert is_ours("deployday-1", FREE)
    assert not is_ours("deployday-1", "")
    assert not is_ours("customer", FREE)


def test_runs_of_one_machine_are_kept_apart(tmp_path: Path) -> None:
    with apart(tmp_path, "http://a:5000"), apart(tmp_path, "http://b:5000"):
        locks = list(tmp_path.iterdir())
        assert len(locks) == 2
        for lock in locks:
            with lock.open() as file, pytest.raises(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def account(name: str, **more: Any) -> Account:
    return Account("http://k:5000/v2.0", name, f"pw-{name}", f"{name}-tenant", tenant_id=f"id-{name}", **more)


def test_accounts_travel_in_memory_and_show_no_password() -> None:
    before = Inventory(frozenset({Thing("server", "1", "a", "x")}), {"image of x": "broken"})
    accounts = Accounts(
        account("main"), account("other"), account("admin"), ("main-tenant",), before, {"hosts": "none"}
    )
    assert Accounts.from_wire(accounts.wire()) == accounts
    assert "pw-" not in repr(accounts)
    assert accounts.tenants == ("main-tenant", "other-tenant")
    alone = Accounts(account("main"))
    assert Accounts.from_wire(alone.wire()) == alone
