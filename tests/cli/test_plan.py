"""``deployday plan``: am I ready? Without a cloud, and with one that does not answer."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from tests.cli.command import Lab, start
from tests.cli.conftest import Here

SHIPPED = ("essex/devstack-single", "essex/six-node", "essex/swift-five-zones")
SITE = "name: rack7\narchitecture: essex/six-node\n"


def site(folder: Path, text: str) -> None:
    (folder / "s.yaml").write_text(SITE + text)


def clouds(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(folder / "clouds.yaml"))
    (folder / "clouds.yaml").write_text(
        f"clouds: {{rack7: {{auth: {{auth_url: '{url}', username: u, password: canary, tenant_name: t}}}}}}\n"
    )


@pytest.mark.parametrize("arch", SHIPPED)
@pytest.mark.parametrize("how", ["--lab", "--offline"])
def test_a_shipped_architecture_is_planned_without_a_cloud(deployday: Here, arch: str, how: str) -> None:
    done = deployday("plan", arch, how)
    assert done.code == 0, done.text
    assert f"is to be {arch.partition('/')[2]} (essex)" in done.out
    assert "The description is ready; the cloud was not asked." in done.out
    assert "will run" in done.out


def test_the_time_is_told_in_three_figures_that_grow(deployday: Here) -> None:
    out = deployday("plan", "essex/six-node", "--lab").out
    [told] = re.findall(r"with 1 worker: likely (.+), (.+) where everything is slow, at worst (.+) \(", out)
    seconds = [
        float(text.split()[0]) * {"s": 1, "minutes": 60, "hours": 3600}[text.split()[1]] for text in told
    ]
    assert 0 < seconds[0] < seconds[1] < seconds[2]


def test_more_workers_take_less_time(deployday: Here) -> None:
    def likely(workers: str) -> float:
        out = deployday("plan", "essex/six-node", "--lab", "-n", workers).out
        [(count, unit)] = re.findall(r"likely (\d+) (s|minutes)", out)
        return float(count) * (60 if unit == "minutes" else 1)

    assert likely("4") < likely("1")


def test_without_hosts_what_needs_them_will_not_run(deployday: Here) -> None:
    out = deployday("plan", "essex/six-node", "--offline").out
    assert re.search(r"rings +0 of [1-9]\d* will run", out)
    assert "the site names no hosts" in out
    assert "it needs what is out of reach: hosts.reachable[storage-1]" in out


def test_explain_names_origin_and_who_looks(deployday: Here) -> None:
    done = deployday("plan", "essex/six-node", "--explain", 'compute.flavors["m1.tiny"].ram')
    assert done.code == 0
    assert 'compute.flavors["m1.tiny"].ram = 512' in done.out
    assert "inherited essex/ubuntu-12.04.yaml:" in done.out
    assert "looked at by compute.flavors" in done.out


def test_explain_follows_the_options(deployday: Here) -> None:
    done = deployday(
        "plan", "essex/six-node", "--set", 'compute.flavors["m1.tiny"].ram=1024',
        "--explain", 'compute.flavors["m1.tiny"].ram',
    )  # fmt: skip
    assert "= 1024" in done.out
    assert "--set" in done.out


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ('compute.flavors["m1.tiny"].rma', 'did you mean compute.flavors["m1.tiny"].ram'),
        ("compute.flavours", "did you mean compute.flavors"),
        ("[[", "not a path"),
    ],
)
def test_explain_of_what_is_not_there(deployday: Here, path: str, meant: str) -> None:
    done = deployday("plan", "essex/six-node", "--explain", path)
    assert done.code == 3
    assert meant in done.err


def test_problems_of_site_architecture_and_account_are_told_together(deployday: Here, tmp_path: Path) -> None:
    (tmp_path / "arch.yaml").write_text(
        "deployday: 1\nname: x\nextends: essex/six-node\nbus: 3\ncompuet: {}\ndatabase: [a]\n"
    )
    (tmp_path / "s.yaml").write_text(
        "name: rack7\narchitecture: arch.yaml\ncloud: nope\nwavers: x\nssh: {usr: ops}\n"
        "hosts: {storage-1: {address: 10.0.0.1, port: 99999}}\nwaivers: none.yaml\n"
    )
    done = deployday("plan", "s.yaml")
    assert done.code == 3
    for said in (
        "s.yaml:4: wavers: no such key",
        "did you mean 'waivers'?",
        "s.yaml:5: ssh.usr: no such key",
        "did you mean 'user'?",
        "s.yaml:6: hosts.storage-1: expected a port from 1 to 65535",
        "s.yaml:7: waivers: there is no such file",
        "arch.yaml:5: compuet: unknown key",
        "arch.yaml:6: database",
        "cloud 'nope' was not found",
    ):
        assert said in done.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("api: {via: ssh}\n", "s.yaml:3: api.via: the site has no jump host"),
        ("api: {via: controler}\nhosts: {controller: 10.0.0.1}\n", "did you mean 'controller'?"),
        ("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
            f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)
        ), "too many entries"),
        ("hosts: &h {controller: *h}\n", "an alias without an anchor before it"),
        ("owners: " + "[" * 3000 + "]" * 3000 + "\n", "nested too deeply"),
        ("owners: !!python/object/apply:os.system ['false']\n", "a tag is not allowed"),
        ("name: other\n", "the key name is given twice"),
        ("---\nname: other\n", "a second document"),
        ("cloud: \0\n", "not YAML"),
        ("cloud: \"a\\nb\"\n", "a control character"),
        ("hosts: {controller: '-oProxyCommand=x'}\n", "expected an address"),
        ("hosts: {controller: 10.0.0.1, compute-1: 10.0.0.1}\n", "the address of controller as well"),
        ("hosts: {from: hosts.csv}\n", "none of its 1 names is a node of six-node"),
        ("hosts: {from: nope.ini}\n", "there is no such file of hosts"),
        ("hosts:\n", "hosts: is empty"),
        ("ssh: {key_file: nope}\n", "ssh.key_file: there is no such file"),
        ("disruptive: {until: 2030-01-01T00:00Z, nodes: [storage-9]}\n", "describes no node of this name"),
        ("disruptive: {nodes: [storage-1]}\n", "an open-ended grant is refused"),
        ("disruptive: {until: 2030-01-01T00:00Z}\n", "disruptive.nodes: is missing"),
        ("disruptive: {until: 2030-01-01T00:00Z, nodes: [storage-1], services: [cron]}\n", "object-server"),
        ("lab: {control: x, more: y}\n", "lab.more: no such key"),
        ("#" * 1_100_000, "the file is too large"),
    ],
)  # fmt: skip
def test_a_bad_site_is_one_message(deployday: Here, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "hosts.csv").write_text("node,address\nother,10.0.0.9\n")
    site(tmp_path, text)
    done = deployday("plan", "s.yaml", "--offline")
    assert done.code == 3, done.text
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_waiver_of_nothing_is_found_before_the_run(deployday: Here, tmp_path: Path) -> None:
    site(tmp_path, "waivers: w.yaml\n")
    (tmp_path / "w.yaml").write_text(
        "- {clause: compute.nope, observed: 1, reason: r, owner: o, ticket: t, until: 2030-01-01}\n"
    )
    done = deployday("plan", "s.yaml", "--offline")
    assert done.code == 3
    assert "w.yaml:1" in done.err


def test_an_identity_service_that_does_not_answer_is_two(
    deployday: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clouds(tmp_path, f"http://127.0.0.1:{port}/v2.0", monkeypatch)
    done = deployday("plan", "essex/six-node", "--cloud", "rack7")
    assert done.code == 2, done.text
    assert f"no token: keystone: POST http://127.0.0.1:{port}/v2.0/tokens was not answered" in done.out
    assert "Not ready" in done.out
    assert "canary" not in done.text


def test_an_identity_service_that_is_silent_is_two_as_well(
    deployday: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.cli.asking._PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        clouds(tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}/v2.0", monkeypatch)
        done = deployday("plan", "essex/six-node", "--cloud", "rack7")
    assert done.code == 2, done.text
    assert "was not answered" in done.out


@pytest.mark.parametrize("url", ["foo", "ftp://x/v2.0", "http://", "http://x:99999/v2.0"])
def test_an_address_that_can_be_none_is_wrong_usage(
    deployday: Here, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clouds(tmp_path, url, monkeypatch)
    done = deployday("plan", "essex/six-node", "--cloud", "rack7")
    assert done.code == 3
    assert "auth_url: not the address of an identity service" in done.err


@pytest.mark.lab
def test_a_cloud_that_answers_is_ready(shared_lab: Lab) -> None:
    done = start(shared_lab.home, "plan", shared_lab.site).end()
    assert done.code == 0, done.text
    assert done.out.rstrip().endswith("Ready.")
    assert re.search(r"^  image +http://\S+ +v\d", done.out, re.MULTILINE)


def test_what_will_be_disturbed_is_told_and_so_is_why_not(deployday: Here, tmp_path: Path) -> None:
    hosts = "hosts: {storage-1: 10.0.0.1, storage-2: 10.0.0.2}\n"
    grant = 'disruptive: {until: "%s-05-04T06:00Z", nodes: [storage-2]}\n'
    site(tmp_path, hosts + grant % 2099)
    assert "will disturb: rings.node_out stops object-server on storage-2" in told(deployday)
    site(tmp_path, hosts + grant % 2012)
    assert "the site allowed to disturb until 2012-05-04 06:00 UTC, which is over" in told(deployday)
    site(tmp_path, hosts)
    assert "rings.node_out: the site does not allow that anything is disturbed" in told(deployday)


def told(deployday: Here) -> str:
    done = deployday("plan", "s.yaml", "--offline")
    assert done.code == 0, done.text
    return done.out
