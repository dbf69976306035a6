"""The parts of the replay, tried on recordings made up here."""

import asyncio
import json
import random
from collections.abc import Mapping
from typing import Any

import pytest

from tests.lab.conformance.binding import Binder
from tests.lab.conformance.order import ordered
from tests.lab.conformance.recording import Answer, Exchange
from tests.lab.conformance.replay import Report, Stage, agree, replay
from tests.lab.conformance.shapes import path_shape, type_tree

OLD, NEW = "a" * 32, "b" * 32
JSON = (("Content-Type", "application/json"),)


def answer(data: Any, status: int = 200) -> Answer:
    return Answer(status, JSON, json.dumps(data).encode())


def exchange(
    seq: int, method: str, path: str, reply: Answer, *, body: Any = None, case: str = ""
) -> Exchange:
    sent = None if body is None else json.dumps(body).encode()
    return Exchange("made-up.jsonl", seq, case or str(seq), method, "h:80", path, JSON, sent, reply)


def replayed(exchanges: list[Exchange], replies: Mapping[str, list[Answer]], seed: int = 1) -> Report:
    left = {key: list(rows) for key, rows in replies.items()}

    async def send(
        method: str, host: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        rows = left[f"{method} {path}"]
        return rows.pop(0) if len(rows) > 1 else rows[0]

    return asyncio.run(replay("made-up.jsonl", exchanges, Stage(send), seed))


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        (f"/v2.0/tokens/{OLD}?belongsTo={OLD}", "/v2.0/tokens/{id}?belongsTo"),
        (f"/v1/AUTH_{OLD}/c", "/v1/AUTH_{id}/c"),
        ("/v2/x/os-volumes/12?limit=1&marker=2", "/v2/x/os-volumes/{n}?limit&marker"),
        ("/v1/images/1a6e0000-0000-4000-8000-000000000001", "/v1/images/{id}"),
    ],
)
def test_a_path_shape_leaves_identifiers_open(path: str, shape: str) -> None:
    assert path_shape(path) == shape


def test_a_type_tree_tells_types_not_values_or_lengths() -> None:
    assert type_tree(answer({"a": [1, 2], "b": None})) == type_tree(answer({"b": None, "a": [3]}))
    different = [{"a": []}, {"a": [1.5]}, {"a": [True]}, {"a": ["1"]}, {"a": [1, "1"]}, {"b": [1]}, [1]]
    assert type_tree(answer({"a": [1]})) not in {type_tree(answer(data)) for data in different}


def test_html_text_and_nothing_are_told_apart() -> None:
    bodies = (b"", b"404 Not Found", b"<html>\n</html>", b"<?xml version='1.0'?><a b='c'/>")
    assert len({type_tree(Answer(404, (), body)) for body in bodies}) == 4


def test_an_identifier_is_bound_where_it_first_occurs_and_used_afterwards() -> None:
    rows = [
        exchange(0, "POST", "/things", answer({"thing": {"id": OLD}})),
        exchange(1, "DELETE", f"/things/{OLD}", Answer(204, (), b"")),
    ]
    live = {"POST /things": [answer({"thing": {"id": NEW}})], f"DELETE /things/{NEW}": [Answer(204, (), b"")]}
    report = replayed(rows, live)
    assert (report.hits, report.total) == (2, 2)


def test_a_shape_is_a_hit_only_if_every_exchange_of_it_is() -> None:
    rows = [exchange(n, "GET", "/things", answer({"a": 1})) for n in range(3)]
    report = replayed(rows, {"GET /things": [answer({"a": 1}), answer({"a": "1"}), answer({"a": 1})]})
    assert (report.hits, report.total) == (0, 1)
    assert "became" in report.misses()[0].note


def test_another_status_and_no_answer_are_misses() -> None:
    rows = [exchange(0, "GET", "/a", answer({})), exchange(1, "GET", "/b", answer({}))]
    report = replayed(rows, {"GET /a": [answer({}, 501)]})
    assert (report.hits, report.total) == (0, 2)
    assert {miss.note.partition(":")[0] for miss in report.misses()} == {"status 501", "KeyError"}


def test_numbers_are_bound_by_kind() -> None:
    binder = Binder(random.Random(1))
    binder.learn(answer({"volume": {"id": 5}}), answer({"volume": {"id": 1}}))
    binder.learn(answer({"security_groups": [{"id": 5}]}), answer({"security_groups": [{"id": 9}]}))
    row = exchange(0, "POST", "/v2/t/os-volumes/5", answer({}), body={"a": {"volumeId": 5, "group_id": "5"}})
    path, _, body = binder.request(row)
    assert path == "/v2/t/os-volumes/1"
    assert json.loads(body or b"") == {"a": {"volumeId": 1, "group_id": "9"}}


def test_names_and_small_sizes_change_with_the_seed_and_stay_the_same_within_one() -> None:
    def sent(seed: int) -> list[Any]:
        binder = Binder(random.Random(seed))
        row = exchange(0, "POST", "/things?name=x", answer({}), body={"name": "x", "size": 1})
        first = binder.request(row)
        assert binder.request(row)[2] == first[2]
        return json.loads(first[2] or b"")["name"]

    assert sent(1) != sent(2)
    assert str(sent(1)).startswith("x-")


def test_list_items_are_paired_by_what_is_known_of_them() -> None:
    binder = Binder(random.Random(1), names={"one": "one-1"})
    recorded = [{"name": "one", "id": OLD}, {"name": "two", "id": "c" * 32}]
    live = [{"name": "two", "id": "d" * 32}, {"name": "one-1", "id": NEW}]
    binder.learn(answer(recorded), answer(live))
    assert binder.known == {OLD: NEW, "c" * 32: "d" * 32}


def test_reads_change_places_and_changes_do_not() -> None:
    rows = [exchange(n, "GET", f"/{n}", answer({})) for n in range(8)]
    rows.insert(4, exchange(8, "POST", "/things", answer({})))
    orders = {tuple(item[0].seq for item in ordered(rows, random.Random(seed))) for seed in range(20)}
    assert len(orders) > 10
    assert all(order[4] == 8 and set(order[:4]) == {0, 1, 2, 3} for order in orders)


def test_nobody_uses_an_identifier_before_it_is_shown() -> None:
    rows = [
        exchange(0, "GET", "/things", answer([{"id": OLD}])),
        exchange(1, "GET", f"/things/{OLD}", answer({"id": OLD})),
        exchange(2, "GET", "/others", answer({})),
    ]
    for seed in range(20):
        order = [item[0].seq for item in ordered(rows, random.Random(seed))]
        assert order.index(0) < order.index(1)


def server(status: str) -> Answer:
    return answer({"server": {"status": status}})


@pytest.mark.parametrize(
    ("live", "hit"),
    [
        (["BUILD", "BUILD", "REBUILD", "ACTIVE"], True),
        (["BUILD", "ACTIVE"], True),
        (["BUILD", "BUILD", "BUILD", "ACTIVE"], True),
        (["REBUILD", "ACTIVE"], False),
        (["BUILD", "ERROR", "ACTIVE"], False),
        (["REBUILD", "BUILD", "ACTIVE"], False),
    ],
)
def test_a_wait_is_compared_by_transitions(live: list[str], hit: bool) -> None:
    """The recording saw REBUILD in one poll only, so it may pass unseen; BUILD may not."""
    recorded = ["BUILD", "BUILD", "REBUILD", "ACTIVE"]
    rows = [
        exchange(n, "GET", "/servers/1", server(status), case="watch-it") for n, status in enumerate(recorded)
    ]
    report = replayed(rows, {"GET /servers/1": [server(status) for status in live]})
    found = {shape[0]: ok for shape, ok in report.shapes.items()}
    assert found == {"WATCH": hit, "GET": True}


@pytest.mark.parametrize(
    ("live", "same"),
    [
        (["x", "z"], True),
        (["w", "x", "y", "z"], True),
        (["w", "z"], False),
        (["x", "y", "w", "z"], False),
        (["x", "q", "z"], False),
        (["x", "z", "y"], False),
        ([], False),
    ],
)
def test_what_another_client_saw_may_be_seen(live: list[str], same: bool) -> None:
    """The recording saw x long, then z; the other client w, y and z."""

    def states(names: list[str]) -> list[tuple[Any, ...]]:
        return [(200, name, None, None) for name in names]

    assert agree(states(live), states(["x", "x", "z"]), states(["w", "y", "z"])) is same
