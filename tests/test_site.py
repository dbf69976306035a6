"""The site: one file, all its problems at once, each with its line."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.site import load_site

GOOD = """\
name: rack7
architecture: essex/six-node
cloud: rack7
hosts:
  controller: 10.1.0.10
  storage-1: {address: 10.1.0.31, port: 2222, rack: A, also: [203.0.113.31]}
ssh: {user: ops, key_file: keys/id, accept_new: true}
disruptive: {until: "2026-05-04T06:00Z", nodes: [storage-1]}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "rack7.yaml"
    (folder / "keys").mkdir(exist_ok=True)
    (folder / "keys" / "id").touch()
    path.write_text(text)
    return path


def problems(folder: Path, text: str) -> str:
    with pytest.raises(UsageError) as caught:
        load_site(write(folder, text))
    return str(caught.value)


def test_a_site_binds_an_architecture_to_a_cloud(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, GOOD))
    assert site.name == "rack7"
    assert site.arch.name == "six-node"
    assert site.hosts["controller"].port == 22
    assert site.hosts["storage-1"].port == 2222
    assert site.hosts["storage-1"].rack == "A"


def test_a_node_is_known_by_each_of_its_addresses(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, GOOD))
    assert site.node_of("203.0.113.31") == "storage-1"
    assert site.node_of("10.1.0.31") == "storage-1"
    assert site.node_of("10.9.9.9") is None


def test_paths_count_from_the_folder_of_the_file(tmp_path: Path) -> None:
    assert load_site(write(tmp_path, GOOD)).file.ssh.key_file == tmp_path / "keys" / "id"


def test_a_grant_ends(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, GOOD))
    assert site.granted(datetime(2026, 5, 4, 5, 59, tzinfo=UTC))
    assert not site.granted(datetime(2026, 5, 4, 6, 0, tzinfo=UTC))


def test_an_open_ended_grant_is_refused(tmp_path: Path) -> None:
    text = problems(tmp_path, GOOD.replace('until: "2026-05-04T06:00Z", ', ""))
    assert "rack7.yaml:8: disruptive:" in text
    assert "open-ended" in text


def test_every_problem_is_told_with_its_line(tmp_path: Path) -> None:
    text = problems(tmp_path, GOOD + "wavers: x.yaml\nguests: {via: pigeon}\n")
    assert "rack7.yaml:9: wavers: no such key" in text
    assert "did you mean 'waivers'" in text
    assert "rack7.yaml:10: guests.via" in text


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ("{fixed: 10.0.0.0/33}", "fixed: expected a range such as 10.0.0.0/22, found '10.0.0.0/33'"),
        ("{outside: 'a b'}", "outside: expected a host or host:port"),
        ("{outside_name: 'example.net:port'}", "outside_name: expected a host or host:port"),
        ("{floating: 203.0.113.0/26}", "floating: no such key"),
        ("{floating.nowa: 203.0.113.0/26}", "six-node describes no such pool"),
    ],
)
def test_what_a_site_says_of_its_network_is_checked(tmp_path: Path, network: str, said: str) -> None:
    text = problems(tmp_path, f"{GOOD}network: {network}\n")
    assert "rack7.yaml:9: network" in text
    assert said in text


def test_a_site_says_where_its_networks_are(tmp_path: Path) -> None:
    more = "network: {fixed: 10.0.0.0/22, floating.nova: 203.0.113.0/26, outside: '192.0.2.1:80'}\n"
    site = load_site(write(tmp_path, GOOD + more))
    assert site.file.network["floating.nova"] == "203.0.113.0/26"


@pytest.mark.parametrize(
    ("owners", "said"),
    [("{object: a@b}", "did you mean 'objects'?"), ("{moon: a@b}", "moon: no such area; default,")],
)
def test_an_owner_of_what_is_no_area_is_an_error(tmp_path: Path, owners: str, said: str) -> None:
    text = problems(tmp_path, f"{GOOD}owners: {owners}\n")
    assert "rack7.yaml:9: owners" in text
    assert said in text


def test_a_host_for_a_node_that_nobody_described_is_an_error(tmp_path: Path) -> None:
    text = problems(tmp_path, GOOD.replace("  controller:", "  controler:"))
    assert "hosts.controler: six-node describes no node of this name" in text
    assert "did you mean 'controller'" in text


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "name: [", "name: rack7\n"])
def test_what_is_no_site_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    assert "rack7.yaml:1" in problems(tmp_path, text)


def test_a_missing_file_names_the_way_to_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="deployday site init"):
        load_site(tmp_path / "none.yaml")


def test_an_architecture_and_a_cloud_name_are_enough() -> None:
    site = load_site("essex/six-node", cloud="rack7")
    assert (site.name, site.hosts, site.file.cloud) == ("rack7", {}, "rack7")


def test_what_a_run_stores_of_a_site_holds_no_password(tmp_path: Path) -> None:
    (tmp_path / "clouds.yaml").write_text(
        "clouds: {rack7: {auth_type: v2password, auth: {auth_url: 'http://x:5000/v2.0', username: u,"
        " password: canary, tenant_name: t}}}"
    )
    site = load_site(write(tmp_path, GOOD + "clouds_file: clouds.yaml\n"))
    credentials = site.credentials()
    assert credentials.password == "canary"
    assert "canary" not in repr(credentials)
    assert "canary" not in str(site.to_json())


ABSENT = GOOD + 'absent:\n  storage-[2:3]: {reason: being racked, until: "%s"}\n'


def soon(days: int = 30) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}"


def test_absent_nodes_are_left_out_of_what_is_looked_at(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, ABSENT % soon()))
    assert site.arch.nodes_with("object-storage") == ("storage-1",)
    assert [each.node for each in site.absent] == ["storage-2", "storage-3"]
    assert "being racked" in site.arch.absent["storage-2"]
    assert site.arch.model.objects is not None
    ring = site.arch.model.objects.rings["object"]
    assert set(ring.devices) == {"storage-1/sdb", "storage-1/sdc"}
    assert "storage-3" not in ring.holders
    whole = load_site(write(tmp_path, GOOD))
    assert site.arch.fingerprint == whole.arch.fingerprint
    assert site.arch.table == whole.arch.table


def test_after_their_time_absent_nodes_are_looked_at(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, ABSENT % soon(-2)))
    assert len(site.arch.nodes_with("object-storage")) == 3
    assert len(site.absent) == 2


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("storage-2: {reason: later}", "an open-ended absence is refused"),
        ("storage-2: {until: SOON}", "absent.storage-2.reason: is missing"),
        ("storage-2: {reason: r, until: never}", "absent.storage-2: not a date"),
        ("storage-2: {reason: r, until: 2999-01-01}", "at most a year from now"),
        ("storage-7: {reason: r, until: SOON}", "did you mean 'storage-3'?"),
        ("storage-[2: {reason: r, until: SOON}", "absent.storage-[2: not a node"),
        ("storage-2: {reason: r, untill: SOON, until: SOON}", "did you mean 'until'?"),
        ("storage-2: {reason: r, until: SOON}\n  storage-[1:2]: {reason: r, until: SOON}", "absent twice"),
        (
            "controller: {reason: r, until: SOON}\n  compute-[1:2]: {reason: r, until: SOON}\n"
            "  storage-[1:3]: {reason: r, until: SOON}",
            "no node is left",
        ),
    ],
)
def test_an_absence_that_means_nothing_is_refused(tmp_path: Path, entry: str, told: str) -> None:
    text = problems(tmp_path, f"{GOOD}absent:\n  {entry}\n".replace("SOON", soon()))
    assert told in text
    assert "rack7.yaml:" in text
