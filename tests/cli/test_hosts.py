"""``deployday hosts``: a hundred and sixty hosts in few lines, and the lab's own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from harness.cli import hosts_gathering, main
from harness.hosts.facts.model import Config, Process, Service
from harness.hosts.facts.questions import Questions
from harness.hosts.visiting import Visit
from tests.cli import rack
from tests.cli.command import Done, Lab, start
from tests.fleet.hosts import COMPUTE, NO_TOOL, PACKAGES
from tests.fleet.test_alike import KERNEL

SEAL = "hmac:00112233aabbccdd"


class Rack:
    """The command in this process, against hosts whose answers are made up."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.site, self._capsys = folder, rack.site(folder), capsys
        self.visits = rack.visits()
        self.asked: Mapping[str, Questions] = {}

    def visit(self, opened: object, asked: Mapping[str, Questions], *rest: object) -> dict[str, Visit]:
        self.asked = asked
        return {node: self.visits[node] for node in asked}

    def __call__(self, verb: str, *words: str) -> Done:
        with pytest.raises(SystemExit) as ended:
            main(["hosts", verb, self.site, *words])
        out, err = self._capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Done(ended.value.code, out, err)


@pytest.fixture
def hosts(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Rack:
    made = Rack(tmp_path, capsys)
    monkeypatch.setattr(hosts_gathering, "visit", made.visit)
    return made


def test_facts_tell_each_value_once_with_its_hosts(hosts: Rack) -> None:
    hosts.visits = rack.visits({17: {"system": KERNEL}, 44: {"system": KERNEL}, 82: {"packages": NO_TOOL},
                                85: {"packages": NO_TOOL}})  # fmt: skip
    done = hosts("facts")
    assert done.code == 0
    assert "rack: 161 of 161 hosts answered" in done.out
    assert "  kernel            3.2.0-23-generic    159 of 161: all but compute-017, -044\n" in done.out
    assert "                    3.2.0-20            2 of 161: compute-017, -044, all rack" not in done.out
    assert "  addresses of eth0  each its own  all 161\n" in done.out
    assert "  not told  no such tool on this host · 2 of 161: compute-082, -085, all rack 3\n" in done.out
    assert len(done.out.splitlines()) < 120


def test_facts_of_some_hosts_and_some_parts(hosts: Rack) -> None:
    done = hosts("facts", "--node", "compute-[001:003]", "--part", "packages,cpu", "--part", "services")
    assert done.code == 0
    assert "package package-7     1.7-1              all 3\n" in done.out
    assert "kernel" not in done.out
    assert {each.sections for each in hosts.asked.values()} == {("cpu", "services", "packages")}
    assert list(hosts.asked) == ["compute-001", "compute-002", "compute-003"]


def test_a_silent_host_is_told_once_a_reason(hosts: Rack) -> None:
    why = "{}: {} does not answer on port 22"
    silent = {f"compute-{n}": why.format(f"compute-{n}", f"10.9.0.{n + 1}") for n in (118, 119, 120)}
    hosts.visits = rack.visits(silent=silent)
    for verb in ("facts", "check"):
        done = hosts(verb)
        assert done.code == (2 if verb == "facts" else 1)
        assert (
            "  silent    … does not answer on port 22 · 3 of 161: compute-[118:120], all rack 3\n" in done.out
        )
        assert "158 of 161 hosts answered" in done.out


def test_check_sums_up(hosts: Rack) -> None:
    dead = rack.controller().services["mysql"].model_copy(update={"running": False})
    odd = {n: {"services": dict.fromkeys(COMPUTE, dead)} for n in (41, 77)}
    hosts.visits = rack.visits(odd | {9: {"packages": dict.fromkeys(PACKAGES, "9")}})
    done = hosts("check", "--node", "compute-[001:160]")
    assert done.code == 1
    state = "services.nova-compute.state: stopped instead of running"
    assert f"  wrong     {state} · 2 of 160: 041, 077, all rack 2\n" in done.out
    assert (
        "  odd       compute, network: service nova-compute: stopped, enabled instead of running" in done.out
    )
    assert "…and 54 more of this kind (--all shows them)" in done.out
    assert "more of this kind" not in hosts("check", "--node", "compute-[001:160]", "--all").out


def test_check_of_sound_hosts(hosts: Rack) -> None:
    done = hosts("check", "--node", "compute-[001:160]")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[1].endswith("statements hold")
    hosts.visits = rack.visits({9: {"resolvers": ("9.9.9.9",)}})
    assert hosts("check", "--node", "compute-[001:160]").code == 0
    strict = hosts("check", "--node", "compute-[001:160]", "--strict")
    assert strict.code == 1
    assert (
        "odd       compute, network: name servers: 9.9.9.9 instead of 10.0.0.2 · 1 of 160: 009" in strict.out
    )


def test_check_says_what_it_could_not_see(hosts: Rack) -> None:
    hosts.visits = rack.visits({9: {"services": NO_TOOL}, 10: {"services": NO_TOOL}})
    done = hosts("check", "--node", "compute-[001:160]")
    assert done.code == 2
    assert "unseen    roles and 6 more: no such tool on this host · 2 of 160: 009, 010" in done.out
    data = json.loads(hosts("check", "--node", "compute-[001:160]", "--json").out)
    assert data["findings"] == []
    assert data["unseen"][0] == {
        "what": "roles",
        "why": NO_TOOL.unknown,
        "nodes": ["compute-009", "compute-010"],
    }


def test_a_bare_rack(hosts: Rack) -> None:
    done = hosts("check", "--bare")
    assert (done.code, "statements hold" in done.out) == (0, True)
    asked = hosts.asked["compute-001"]
    assert {"services", "packages", "configs"} & set(asked.sections) == set()
    hosts.visits = rack.visits({5: {"cpu": rack.controller().cpu.model_copy(update={"flags": ()})}})
    assert "neither vmx nor svm" in hosts("check", "--bare").out


def test_a_snapshot_and_the_day_after(hosts: Rack) -> None:
    day = str(hosts.folder / "day.json")
    assert f"kept in {day}\n" in hosts("facts", "--save", day).out
    assert Path(day).stat().st_mode & 0o777 == 0o600
    done = hosts("diff", day)
    assert (done.code, "nothing is otherwise\n" in done.out) == (0, True)
    hosts.visits = rack.visits({n: {"packages": PACKAGES | {"nova-common": "3"}} for n in (17, 44)})
    done = hosts("diff", day)
    assert done.code == 1
    assert (
        "  packages  package nova-common: 2012.1.3-0ubuntu1 → 3 · 2 of 161: compute-017, -044\n" in done.out
    )
    later = str(hosts.folder / "later.json")
    hosts("facts", "--save", later)
    data = json.loads(hosts("diff", day, later, "--json").out)
    assert data["changes"]["compute-044"] == [
        {"kind": "packages", "what": "package nova-common", "before": "2012.1.3-0ubuntu1", "after": "3"}
    ]


def test_a_snapshot_of_some_hosts_is_compared_with_those(hosts: Rack) -> None:
    day = str(hosts.folder / "day.json")
    hosts("facts", "--save", day, "--node", "compute-[001:150]")
    hosts.visits = rack.visits(silent={"compute-009": "gone"})
    done = hosts("diff", day)
    assert done.code == 2
    assert "  unseen    gone · 1 of 150: 009\n" in done.out
    assert "  note      not in the snapshot: compute-[151:160], controller\n" in done.out


def test_no_seal_and_no_control_character_gets_out(hosts: Rack) -> None:
    evil = f"\x1b]0;x\x07[red]{SEAL}\u202e"
    options = {"DEFAULT": {"verbose": (evil,), evil: ("1",)}}
    change = {
        "services": {evil: Service(manager="sysv", running=True)},
        "configs": {"/etc/nova/nova.conf": Config(form="ini", options=options)},
        "processes": (Process(pid=1, user=evil, command=f"dnsmasq --dhcp-range=x {evil}"),),
        "packages": {"nova-common": evil}, "resolvers": (evil,),
    }  # fmt: skip
    hosts.visits = rack.visits({3: change}, {"compute-004": evil})
    day = hosts.folder / "day.json"
    for words in (("facts", "--all", "--save", str(day)), ("check", "--all"), ("diff", str(day))):
        out = hosts(*words).out
        assert not {"\x1b", "\x07", "\u202e"} & set(out)
    assert "hmac:" not in day.read_text(encoding="utf-8")
    for words in (("facts", "--json"), ("check", "--json"), ("diff", str(day), "--json")):
        done = hosts(*words)
        assert "\x1b" not in done.out
        assert json.loads(done.out)["site"] == "rack"
    assert "hmac:" not in hosts("facts", "--json").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("facts", "--node", "compute-161"), "did you mean compute-16"),
        (("facts", "--node", "compute-[3:1]"), "from the smaller number"),
        (("facts", "--part", "servces"), "did you mean services?"),
        (("facts", "--save", "site.yaml"), "is there already"),
        (("facts", "--save", "none/day.json"), "cannot be written"),
        (("diff", "none.json"), "No such file"),
        (("diff", "site.yaml"), "no snapshot of hosts"),
    ],
)
def test_wrong_usage(hosts: Rack, words: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(hosts.folder)
    done = hosts(*words)
    assert (done.code, told in done.err) == (3, True), done.err


def test_a_snapshot_of_another_site(hosts: Rack) -> None:
    day = hosts.folder / "day.json"
    hosts("facts", "--save", str(day), "--node", "controller")
    day.write_text(
        day.read_text(encoding="utf-8").replace('"site":"rack"', '"site":"other"'), encoding="utf-8"
    )
    assert "another site" in hosts("diff", str(day)).err


def test_a_site_without_hosts(hosts: Rack) -> None:
    path = hosts.folder / "site.yaml"
    path.write_text("name: rack\narchitecture: rack.yaml\ncloud: none\n", encoding="utf-8")
    done = hosts("check")
    assert (done.code, "the site names no hosts" in done.err) == (3, True)


def test_a_password_that_is_not_there(hosts: Rack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEPLOYDAY_SUDO_PASSWORD", raising=False)
    with Path(hosts.site).open("a", encoding="utf-8") as file:
        file.write("ssh: {become: sudo, become_password: environment}\n")
    done = hosts("facts")
    assert (done.code, "no password for sudo" in done.err, hosts.asked) == (3, True, {})


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    made = Lab(tmp_path_factory.mktemp("hosts"))
    made.up()
    yield made
    made.down()


@pytest.mark.lab
def test_the_hosts_of_a_lab(lab: Lab, tmp_path: Path) -> None:
    day = tmp_path / "day.json"

    def hosts(*words: str) -> Done:
        return start(lab.home, "hosts", *words).end()

    done = hosts("facts", lab.site, "--save", str(day))
    assert (done.code, "6 of 6 hosts answered" in done.out) == (0, True), done.text
    done = hosts("check", lab.site, "--strict")
    assert done.code == 0, done.text
    assert hosts("check", lab.site, "--bare", "--strict").code == 0
    assert hosts("diff", lab.site, str(day)).code == 0
    drift(lab, "compute-2")
    done = hosts("check", lab.site)
    assert done.code == 1
    assert 'config["nova.conf"].libvirt_type: qemu' in done.out
    assert "libvirt_type: kvm → qemu · 1 of 6: compute-2" in hosts("diff", lab.site, str(day)).out


def drift(lab: Lab, node: str) -> None:
    [conf_] = lab.home.glob(f"*/nodes/{node}/etc/nova/nova.conf")
    text = conf_.read_text(encoding="utf-8")
    assert "libvirt_type" in text
    conf_.write_text("".join(f"{line}\n" for line in text.splitlines() if "libvirt_type" not in line)
                     + "libvirt_type=qemu\n", encoding="utf-8")  # fmt: skip
