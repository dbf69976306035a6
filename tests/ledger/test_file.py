"""The ledger on the disk: intent first, whole rows, whoever dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.ledger import KINDS, Ledger
from harness.ledger.file import MadeSoFar


def test_the_intent_is_on_the_disk_before_the_thing_is_created(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced: list[int] = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (forced.append(file), fsync(file))[1])
    ledger = Ledger(tmp_path / "ledger.jsonl")
    with ledger.creating(
        "server", name="deployday-1f2e-server-1", tenant="deployday-1", user="deployday-1"
    ) as entry:
        assert len(forced) == 2, "the row, and the folder of the new file"
        (intended,) = Ledger(tmp_path / "ledger.jsonl").open_entries()
        assert (intended.kind, intended.name, intended.id) == ("server", entry.name, "")
        assert (intended.tenant, intended.user) == ("deployday-1", "deployday-1")
        assert abs(intended.t - time.time()) < 60
        entry.made("uuid-1")
    assert len(forced) == 3
    (made,) = ledger.open_entries()
    assert made.id == "uuid-1"
    ledger.gone(made)
    assert ledger.open_entries() == []
    assert ledger.ids() == {"uuid-1"}
    assert (tmp_path / "ledger.jsonl").stat().st_mode & 0o077 == 0


def test_the_ids_of_a_growing_ledger_are_those_of_the_whole(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l")
    so_far = MadeSoFar(ledger.path)
    assert so_far.ids() == frozenset()
    for number in range(3):
        with ledger.creating("volume", name=f"v{number}") as entry:
            assert so_far.ids() == ledger.ids()
            entry.made(str(number))
        assert so_far.ids() == ledger.ids() == frozenset(map(str, range(number + 1)))
    with ledger.path.open("ab") as file:
        file.write(b'{"t":1,"n":"a","ki')
        file.flush()
        assert so_far.ids() == ledger.ids()
        file.write(b'{"t":2,"n":"b","phase":"made","id":"late"}')
        file.flush()
        assert so_far.ids() == frozenset("012"), "not before the row is whole"
        file.write(b"\n")
    assert so_far.ids() == ledger.ids() == frozenset({*"012", "late"})


def test_an_entry_stays_open_where_creating_failed(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l")
    with pytest.raises(ConnectionError), ledger.creating("volume", name="v"):
        raise ConnectionError("the answer was lost")
    assert [entry.name for entry in ledger.open_entries()] == ["v"]
    with pytest.raises(ValueError, match="'sever' is no kind"), ledger.creating("sever", name="s"):
        pass
    assert len(ledger.entries()) == 1


def test_what_was_surely_not_made_is_closed(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l")
    with ledger.creating("volume", name="v") as entry:
        entry.gone()
    assert ledger.open_entries() == []


def test_the_order_of_removal_is_by_rank_then_newest_first(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l")
    for kind in ("tenant", "server", "image", "server", "container", "object", "user", "volume"):
        with ledger.creating(kind, name=f"{kind} {len(ledger.entries())}") as entry:
            entry.made(entry.name)
    assert [entry.name for entry in ledger.open_entries()] == [
        "server 3",
        "server 1",
        "volume 7",
        "image 2",
        "object 5",
        "container 4",
        "user 6",
        "tenant 0",
    ]


def test_gone_by_id(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l")
    for kind, name in (("server", "a"), ("image", "a")):
        with ledger.creating(kind, name=name) as entry:
            entry.made("same")
    ledger.gone_id("server", "same")
    assert [entry.kind for entry in ledger.open_entries()] == ["image"]


def _creates(path: Path, worker: int, count: int) -> None:
    ledger = Ledger(path)
    for number in range(count):
        with ledger.creating(
            KINDS[number % len(KINDS)], name=f"w{worker}-{number}", tenant="t" * 200
        ) as entry:
            entry.made(f"id-w{worker}-{number}")


def test_several_processes_share_a_ledger(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_creates, args=(tmp_path / "l", n, 40)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    entries = Ledger(tmp_path / "l").entries()
    assert len(entries) == 160
    assert all(entry.id == f"id-{entry.name}" for entry in entries)


def test_a_killed_process_leaves_every_intent(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    victim = context.Process(target=_creates, args=(tmp_path / "l", 0, 100_000))
    victim.start()
    while len(Ledger(tmp_path / "l").entries()) < 5:
        time.sleep(0.01)
    os.kill(victim.pid or 0, signal.SIGKILL)
    victim.join()
    entries = Ledger(tmp_path / "l").entries()
    assert [entry.name for entry in entries] == [f"w0-{n}" for n in range(len(entries))]
    assert all(entry.id for entry in entries[:-1])


@given(cut=st.integers(0, 400), glue=st.booleans())
def test_a_torn_row_costs_itself_alone(
    tmp_path_factory: pytest.TempPathFactory, cut: int, glue: bool
) -> None:
    path = tmp_path_factory.mktemp("torn") / "l"
    _creates(path, 0, 1)
    first = path.read_bytes().splitlines(keepends=True)[0]
    path.write_bytes(first[:cut] + (b"" if glue else b"\n"))
    _creates(path, 1, 1)
    names = [entry.name for entry in Ledger(path).entries()]
    assert names[-1] == "w1-0"
    assert len(names) <= 2


@given(st.binary(max_size=200))
def test_any_bytes_read_without_an_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "l"
    path.write_bytes(data + b"\n")
    _creates(path, 0, 1)
    assert Ledger(path).open_entries()[-1].name == "w0-0"


def test_a_kind_of_a_later_version_is_removed_first(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l")
    _creates(tmp_path / "l", 0, 2)
    with (tmp_path / "l").open("a") as file:
        file.write(
            '{"t":1,"n":"x","phase":"made","kind":"router","name":"r","id":"i","tenant":"","user":""}\n'
        )
    assert ledger.open_entries()[0].kind == "router"
