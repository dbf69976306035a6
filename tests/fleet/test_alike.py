"""The odd ones out: found whatever they are, and nothing where hosts differ by what is their own."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.fleet.alike import ABSENT, Odd, odd_ones
from harness.hosts.facts.model import (
    NO_SUCH_FILE,
    Config,
    Cpu,
    Facts,
    File,
    Interface,
    Memory,
    Mount,
    Service,
    System,
    Unknown,
    User,
)
from tests.fleet.hosts import NO_TOOL, PACKAGES, fleet, host

KERNEL = System(hostname="compute-017", pretty="Ubuntu 12.04.5 LTS", kernel="3.2.0-20", machine="x86_64")


def conf(number: int, **options: str) -> dict[str, Any]:
    before = host(f"compute-{number:03d}", number).configs["/etc/nova/nova.conf"].options["DEFAULT"]
    changed = before | {name: (value,) for name, value in options.items()}
    return {"configs": {"/etc/nova/nova.conf": Config(form="ini", options={"DEFAULT": changed})}}


def test_a_hundred_and_sixty_alike_hosts_give_nothing() -> None:
    assert odd_ones(fleet()) == ()


JUMBO = Interface(mtu=9000, physical=True, addresses=("10.0.0.18/24",))
NODE = "/etc/nova/nova.conf [DEFAULT]"
DRIFTS: list[tuple[dict[str, Any], str, str, str]] = [
    ({"system": KERNEL}, "kernel", "3.2.0-23-generic", "3.2.0-20"),
    ({"cpu": Cpu(count=4, model="Xeon E5-2620", flags=("sse2", "vmx"))}, "processors", "8", "4"),
    ({"cpu": Cpu(count=8, model="Xeon E5-2620", flags=("sse2",))}, "flags of the processors",
     "sse2, vmx", "sse2"),
    ({"memory": Memory(total=28_000, free=1, swap=4_000)}, "memory (MB)", "32000", "28000"),
    ({"disks": {"sda": host().disks["sda"]}}, "disk sdb (GB)", "931.5", ABSENT),
    ({"resolvers": ("10.0.0.2", "8.8.8.8")}, "name servers", "10.0.0.2", "10.0.0.2, 8.8.8.8"),
    ({"packages": PACKAGES | {"nova-common": "2012.1"}}, "package nova-common",
     "2012.1.3-0ubuntu1", "2012.1"),
    ({"packages": PACKAGES | {"telnetd": "1"}}, "package telnetd", ABSENT, "1"),
    ({"services": host().services | {"tgt": Service(manager="sysv", running=True)}}, "service tgt",
     ABSENT, "running"),
    ({"users": host().users | {"nova": User(uid=108, gid=110)}}, "user nova", None, None),
    ({"mounts": {"/": Mount(device="/dev/sda1", type="ext4", options=("ro",))}}, "mount /", None, None),
    ({"sysctl": {"net.ipv4.ip_forward": "0"}}, "sysctl net.ipv4.ip_forward", "1", "0"),
    ({"interfaces": host(number=17).interfaces | {"eth0": JUMBO}},
     "interface eth0", "mtu 1500, up", "mtu 9000, up"),
    ({"files": {"/etc/nova/nova.conf": File(kind="file", owner="root", group="nova", mode="0644")}},
     "file /etc/nova/nova.conf", "file, nova:nova, 0640", "file, root:nova, 0644"),
    (conf(17, libvirt_type="qemu"), f"{NODE} libvirt_type", "kvm", "qemu"),
    (conf(17, rabbit_password="hmac:ffff22223333aaaa"), f"{NODE} rabbit_password",
     "secret 0011", "secret ffff"),
    (conf(17, verbose="True"), f"{NODE} verbose", ABSENT, "True"),
    (conf(17, my_ip="10.0.0.2"), f"{NODE} my_ip", "<address of eth0>", "10.0.0.2"),
    ({"configs": {"/etc/nova/nova.conf": NO_SUCH_FILE}}, "file /etc/nova/nova.conf", "ini", ABSENT),
]  # fmt: skip


@pytest.mark.parametrize(("change", "what", "expected", "found"), DRIFTS, ids=[each[1] for each in DRIFTS])
def test_one_of_a_hundred_and_sixty_is_found(
    change: dict[str, Any], what: str, expected: str | None, found: str | None
) -> None:
    [odd] = odd_ones(fleet(odd={17: change}))
    assert (odd.what, list(odd.hosts), odd.of) == (what, ["compute-017"], 160)
    if expected is not None:
        assert (odd.expected, odd.hosts["compute-017"]) == (expected, found)


def test_of_a_long_set_only_what_differs_is_shown() -> None:
    flags = tuple(f"flag{number}" for number in range(40))
    facts = {f"n{i}": host(f"n{i}", i, cpu=Cpu(count=1, flags=flags)) for i in range(4)}
    facts["n4"] = host("n4", 4, cpu=Cpu(count=1, flags=(*flags[1:], "vmx")))
    facts["n4"], others = facts["n4"], odd_ones(facts)
    assert [dict(odd.hosts) for odd in others] == [{"n4": "without flag0; with vmx"}]


def split(*kernels: str) -> Odd:
    systems = [System(hostname=f"n{i}", kernel=kernel) for i, kernel in enumerate(kernels)]
    [odd] = odd_ones({f"n{i}": host(f"n{i}", i, system=system) for i, system in enumerate(systems)})
    return odd


def test_of_split_sets_what_they_share_is_left_out() -> None:
    before = host().users["nova"]
    alone = before.model_copy(update={"groups": ("nova",)})
    facts = {"n1": host("n1", 1), "n2": host("n2", 2, users=host().users | {"nova": alone})}
    [odd] = odd_ones(facts)
    assert str(odd) == "user nova: split 1:1: with libvirtd on n1; with nothing more on n2"
    [odd] = odd_ones(facts | {"n3": host("n3", 3)})
    assert str(odd) == "user nova: without libvirtd on n2; what the others have on the other 2"


def test_no_majority_is_told_once() -> None:
    odd = split("a", "a", "a", "b", "b")
    assert (odd.expected, str(odd), len(odd.hosts)) == (None, "kernel: split 3:2: a on n[0:2]; b on n3, 4", 5)
    assert str(split("a", "b", "c")) == "kernel: no two of 3 agree"
    assert str(split("a", "b")) == "kernel: split 1:1: a on n0; b on n1"
    assert str(split("a", "b", "b")) == "kernel: a on n0; b on the other 2"


def test_what_may_be_a_hosts_own_and_differs_everywhere_is_identity() -> None:
    own = {number: conf(number, server_id=str(number)) for number in range(1, 11)}
    assert odd_ones(fleet(10, own)) == ()
    files = {n: {"files": {"/etc/machine-id": File(kind="file", sha256=f"{n:064d}")}} for n in range(1, 11)}
    assert odd_ones(fleet(10, files)) == ()


def test_one_shared_address_is_not_taken_for_the_own_one() -> None:
    """A controller names itself, and all name the same controller: they agree."""
    shared = {number: conf(number, rabbit_host="10.0.0.2") for number in range(1, 7)}
    assert odd_ones(fleet(6, shared)) == ()
    [odd] = odd_ones(fleet(6, shared | {5: conf(5, rabbit_host="10.0.0.9")}))
    assert dict(odd.hosts) == {"compute-005": "10.0.0.9"}


def test_names_inside_of_values_are_whole_words() -> None:
    urls = {n: conf(n, url=f"http://compute-{n:03d}.example.org:6080/vnc", log=f"/x/compute-{n:03d}")
            for n in range(1, 7)}  # fmt: skip
    assert odd_ones(fleet(6, urls)) == ()
    longer = {n: conf(n, log="compute-001b") for n in range(1, 7)}
    assert odd_ones(fleet(6, longer)) == ()


def test_hosts_that_cannot_tell_are_no_odd_ones() -> None:
    quiet = {
        2: {"interfaces": NO_TOOL},
        3: {"packages": NO_TOOL},
        4: {"configs": {"/etc/nova/nova.conf": NO_TOOL}},
        5: {"files": NO_TOOL},
    }
    assert odd_ones(fleet(6, quiet)) == ()
    assert odd_ones({}) == odd_ones({"a": host()}) == ()


def test_memory_of_the_same_modules_is_the_same() -> None:
    few = {n: {"memory": Memory(total=32_000 - n, free=0, swap=4_000)} for n in range(1, 21)}
    assert odd_ones(fleet(20, few)) == ()


PARTS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["1", "2", "3"]), max_size=6)


@settings(max_examples=60, deadline=None)
@given(common=PARTS, size=st.integers(4, 12), odd=PARTS, where=st.integers(0, 11))
def test_exactly_the_differing_packages_of_the_one_are_told(
    common: dict[str, str], size: int, odd: dict[str, str], where: int
) -> None:
    facts = {f"n{i}": host(f"n{i}", i, packages=common) for i in range(size)}
    name = f"n{where % size}"
    facts[name] = host(name, where % size, packages=odd)
    found = odd_ones(facts)
    wanted = {f"package {k}" for k in common.keys() | odd.keys() if common.get(k) != odd.get(k)}
    assert {each.what for each in found} == wanted
    assert all(list(each.hosts) == [name] for each in found)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=2, max_size=12), seed=st.randoms())
def test_the_order_of_hosts_does_not_matter(values: list[str], seed: Any) -> None:
    facts = [(f"n{i}", host(f"n{i}", i, packages={"p": value})) for i, value in enumerate(values)]
    shuffled = seed.sample(facts, len(facts))
    first, second = odd_ones(dict(facts)), odd_ones(dict(shuffled))
    assert [(o.what, o.expected, dict(o.hosts)) for o in first] == [
        (o.what, o.expected, dict(o.hosts)) for o in second]  # fmt: skip
    assert bool(first) == (len(set(values)) > 1)
    for odd in first:
        most = max(values.count(value) for value in values)
        assert (odd.expected is None) == (3 * most < 2 * len(values))
        assert len(odd.hosts) == (len(values) if odd.expected is None else len(values) - most)


def test_a_thousand_hosts_take_less_than_two_seconds() -> None:
    many = {f"library-{number}": f"1.{number}" for number in range(2_000)}
    facts: dict[str, Facts] = {}
    for number in range(1_000):
        drifted = many | {f"library-{number}": "0"} if number % 10 == 0 else dict(many)
        facts[f"n{number}"] = host(f"n{number}", number, packages=drifted)
    began = time.process_time()
    found = odd_ones(facts)
    assert time.process_time() - began < 2
    assert len(found) == 100


def test_hostile_texts_are_bounded() -> None:
    bad = {3: {"packages": PACKAGES | {"nova-common": "x" * 4096}, "resolvers": NO_TOOL},
           4: {"system": Unknown(unknown="")}}  # fmt: skip
    [odd] = odd_ones(fleet(6, bad))
    assert len(odd.hosts["compute-003"]) == 200
