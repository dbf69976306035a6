"""From declarations to a plan: subjects, needs, order, and everything that makes no sense."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.arch import Architecture, load
from harness.errors import UsageError
from harness.plan import Plan, Scenario, make_plan


@pytest.fixture(scope="module")
def arch() -> Architecture:
    return load("essex/six-node")


@pytest.fixture(scope="module")
def objects_only() -> Architecture:
    return load("essex/swift-five-zones")


def declare(id: str, gate: str = "compute", **words: Any) -> Scenario:
    return Scenario(id=id, gate=gate, **words)


def keys(plan: Plan) -> list[str]:
    return [row.key for row in plan.scenarios]


def test_subjects_become_keys_and_needs_follow_them(arch: Architecture) -> None:
    plan = make_plan(
        [
            declare("rings.equal", "rings", subjects="rings", needs=("rings.present",)),
            declare("rings.present", "rings", subjects="nodes:object-storage", needs=("hosts.up[=]",)),
            declare("hosts.up", "preflight", subjects="nodes"),
            declare("first.only", "rings", needs=("hosts.up[storage-1]",)),
        ],
        arch,
    )
    assert plan.by_key["rings.present[storage-2]"].needs == ("hosts.up[storage-2]",)
    present = ("rings.present[storage-1]", "rings.present[storage-2]", "rings.present[storage-3]")
    assert plan.by_key["rings.equal[account]"].needs == present
    assert plan.by_key["first.only"].needs == ("hosts.up[storage-1]",)


def test_a_function_may_name_what_is_needed(arch: Architecture) -> None:
    def first_proxy(arch: Architecture) -> list[str]:
        return [f"hosts.up[{arch.nodes_with('object-proxy')[0]}]"]

    plan = make_plan(
        [declare("hosts.up", "preflight", subjects="nodes"), declare("a.a", needs=(first_proxy,))], arch
    )
    assert plan.by_key["a.a"].needs == ("hosts.up[controller]",)


def test_order_is_by_gate_then_as_declared_but_after_needs_and_clean_up_last(arch: Architecture) -> None:
    plan = make_plan(
        [
            declare("clean.up", "cleanup", after_all=True),
            declare("b.delete", after=("b.show",)),
            declare("b.show", needs=("v.made",)),
            declare("v.made", "volumes"),
            declare("a.token", "preflight"),
        ],
        arch,
    )
    assert keys(plan) == ["a.token", "v.made", "b.show", "b.delete", "clean.up"]


def test_what_the_description_lacks_does_not_apply_and_neither_does_what_needs_it(
    objects_only: Architecture,
) -> None:
    plan = make_plan(
        [
            declare("api.answers", "preflight", subjects="services"),
            declare("server.boot", needs=("api.answers[compute]",)),
            declare("server.show", needs=("server.boot",)),
            declare("server.hosts", subjects="nodes:compute"),
            declare("volume.role", "volumes", applies="volume"),
            declare("own.rule", applies=lambda arch: arch.model.compute is not None),
            declare("object.put", "objects", needs=("api.answers[object-store]",)),
        ],
        objects_only,
    )
    reasons = {row.key: row.reason for row in plan.scenarios if not row.applies}
    assert reasons == {
        "server.boot": "it needs api.answers[compute], which the description does not have",
        "server.show": "it needs server.boot, which does not apply",
        "server.hosts": "the description has nothing for it to look at (nodes:compute)",
        "volume.role": "no node of the description has the role volume",
        "own.rule": "the description does not ask for it",
    }
    assert plan.by_key["object.put"].runs


def test_of_several_needs_those_that_do_not_apply_are_dropped(arch: Architecture) -> None:
    plan = make_plan(
        [
            declare("hosts.up", "preflight", subjects="nodes"),
            declare("nobody.home", "preflight", subjects="nodes:no-such-role"),
            declare("some.thing", needs=("hosts.up[controller]",)),
            declare("other.thing", needs=("hosts.up", "nobody.home")),
        ],
        arch,
    )
    assert plan.by_key["some.thing"].applies
    assert not plan.by_key["other.thing"].applies


def test_what_the_site_lacks_is_out_of_reach(arch: Architecture) -> None:
    plan = make_plan(
        [declare("a.a", requires=("hosts",)), declare("b.b", requires=("admin",))],
        arch,
        missing={"hosts": "the site names no hosts"},
    )
    row = plan.by_key["a.a"]
    assert (row.applies, row.reach, row.reason) == (True, False, "the site names no hosts")
    assert plan.by_key["b.b"].runs


def test_a_selection_brings_what_removes_its_servers(arch: Architecture) -> None:
    declared = [
        declare("a.boot", servers=1, until=("a.delete",)),
        declare("a.delete", needs=("a.boot",)),
        declare("a.rest", needs=("a.boot",)),
    ]
    plan = make_plan(declared, arch, selected=["a.boot"], scope="-k boot")
    assert keys(plan) == ["a.boot", "a.delete"]
    assert plan.by_key["a.boot"].until == ("a.delete",)


def test_a_selection_brings_its_needs_and_the_clean_up(arch: Architecture) -> None:
    declared = [
        declare("a.token", "preflight"),
        declare("b.boot", needs=("a.token",)),
        declare("b.show", needs=("b.boot",)),
        declare("b.delete", needs=("b.boot",), after=("b.show",)),
        declare("clean.up", "cleanup", after_all=True),
    ]
    plan = make_plan(declared, arch, selected=["b.delete"], scope="-k delete")
    assert keys(plan) == ["a.token", "b.boot", "b.delete", "clean.up"]
    assert plan.pulled == ("a.token", "b.boot", "clean.up")
    assert plan.by_key["b.delete"].after == ()
    assert [row.key for row in plan.deselected] == ["b.show"]
    assert keys(make_plan(declared, arch, selected=[])) == []


def test_what_only_comes_last_is_no_clean_up(arch: Architecture) -> None:
    declared = [
        declare("hosts.logs", "hosts", after_all=True),
        declare("b.boot"),
        declare("clean.up", "cleanup", after_all=True),
    ]
    assert keys(make_plan(declared, arch)) == ["b.boot", "hosts.logs", "clean.up"]
    assert keys(make_plan(declared, arch, selected=["b.boot"])) == ["b.boot", "clean.up"]


def test_a_plan_reads_back(arch: Architecture) -> None:
    plan = make_plan(
        [declare("a.a", owns=("compute",)), declare("b.b", needs=("a.a",))], arch, selected=["b.b"]
    )
    again = Plan.from_json(plan.to_json() | {"later": 1})
    assert again == plan
    assert plan.to_json()["scenarios"][1]["needs"] == ("a.a",)


def test_owned_paths_follow_the_subject(arch: Architecture) -> None:
    declared = declare(
        "rings.described", "rings", subjects="rings", owns=("objects.rings.{subject}", "region")
    )
    plan = make_plan([declared], arch)
    assert plan.by_key["rings.described[account]"].owns == ("objects.rings.account", "region")
    odd = declare("odd.names", subjects=("a/b",), owns=("objects.{subject}.x",))
    assert make_plan([odd], arch).by_key["odd.names[a/b]"].owns == ('objects["a/b"].x',)


def test_minutes_follow_workers_needs_and_budget(arch: Architecture) -> None:
    three = [declare(f"s.{name}", cost=6.0) for name in "abc"]
    assert make_plan(three, arch).minutes(1) == (0.3, 3.0)
    assert make_plan(three, arch).minutes(3) == (0.1, 1.0)
    chain = [declare("s.a", cost=60.0), declare("s.b", cost=60.0, needs=("s.a",))]
    assert make_plan(chain, arch).minutes(4)[0] == 2.0
    greedy = [declare(f"s.{name}", cost=60.0, servers=3) for name in "ab"]
    assert make_plan(greedy, arch).minutes(4)[0] == 2.0
    assert make_plan([], arch).minutes(4) == (0.0, 0.0)


def test_the_wall_grows_with_objectives_and_cost(arch: Architecture) -> None:
    slowest = max(c.value for c in arch.table.clauses.values() if c.measured)
    row = make_plan([declare("a.a", cost=2.0, owns=("objectives.token",))], arch).by_key["a.a"]
    assert row.limit == 30 + 3 * slowest + 20
    assert row.worst == 20 + 3 * arch.model.objectives.token
    assert make_plan([declare("a.a", cost=2.0, limit=5.0)], arch).by_key["a.a"].worst == 5.0


WRONG: list[tuple[list[Callable[[], Scenario]], str]] = [
    (
        [lambda: declare("a.token"), lambda: declare("b.b", needs=("a.tokens",))],
        "did you mean 'a.token'",
    ),
    ([lambda: declare("a.a"), lambda: declare("a.a", "rings")], "the id a.a stands already at"),
    (
        [lambda: declare("a.a", needs=("b.b",)), lambda: declare("b.b", after=("a.a",))],
        "scenarios wait for each other: ",
    ),
    (
        [lambda: declare("a.a"), lambda: declare("b.b", needs=("a.a[=]",))],
        "a.a has no subjects",
    ),
    (
        [lambda: declare("a.a", subjects="nodes"), lambda: declare("b.b", needs=("a.a[=]",))],
        "this scenario has no subjects of its own",
    ),
    ([lambda: declare("a.a", subjects="hosts")], "subjects 'hosts' is none of nodes"),
    ([lambda: declare("a.a", subjects=("x", "x"))], "subjects are distinct names"),
    ([lambda: declare("a.a", servers=5)], "more servers at once than the budget"),
    (
        [lambda: declare("a.a", needs=("z.z",)), lambda: declare("z.z", "cleanup", after_all=True)],
        "runs after all stories",
    ),
]


@pytest.mark.parametrize(("declared", "message"), WRONG)
def test_what_makes_no_sense_is_an_error(
    arch: Architecture, declared: list[Callable[[], Scenario]], message: str
) -> None:
    with pytest.raises(UsageError, match=r".") as caught:
        make_plan([make() for make in declared], arch)
    assert message in str(caught.value)


def test_all_problems_come_at_once(arch: Architecture) -> None:
    with pytest.raises(UsageError) as caught:
        make_plan([declare("a.a", needs=("x.x", "y.y")), declare("b.b", servers=9)], arch)
    assert len(caught.value.problems) == 3


def _story() -> None:
    """A title.

    And more.
    """


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"id": "Boot"}, "an id reads like"),
        ({"id": "a.a", "gate": "computer"}, "did you mean 'compute'"),
        ({"id": "a.a", "needs": "b.b"}, "needs is a tuple such as"),
        ({"id": "a.a", "needs": ("b.b[",)}, "is none of id, id[=], id[subject]"),
        ({"id": "a.a", "requires": ("admins",)}, "did you mean 'admin'"),
        ({"id": "a.a", "level": "high"}, "none of must, should, info"),
        ({"id": "a.a", "cost": 0}, "cannot be negative"),
        ({"id": "a.a", "story": lambda: None}, "the story needs a docstring"),
    ],
)
def test_a_senseless_declaration_is_refused_where_it_stands(words: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=r".") as caught:
        Scenario(**{"gate": "compute", **words})
    assert message in str(caught.value)


def test_the_story_gives_title_place_and_version() -> None:
    scenario = declare("a.a", story=_story)
    assert scenario.title == "A title."
    assert scenario.place.startswith(__file__ + ":")
    assert len(scenario.version) == 12
    assert scenario.version != declare("a.a").version


def test_what_holds_a_shared_thing_can_be_waited_for(arch: Architecture) -> None:
    plan = make_plan(
        [
            declare("compute.delete", after=("holds:server",), holds=("server",)),
            declare("compute.show", holds=("server",)),
            declare("compute.other"),
            declare("compute.on", subjects=("a", "b"), holds=("{subject}",)),
        ],
        arch,
    )
    assert plan.by_key["compute.delete"].after == ("compute.show",)
    assert plan.by_key["compute.on[b]"].holds == ("b",)
