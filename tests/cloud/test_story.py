"""What a story can do, and what the record says of it."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.clients.errors import Conflict, Invalid, NotFound, ServerFault, WaitTimeout
from harness.cloud import Cloud, RunSession
from harness.errors import CloudError, OutOfReach
from harness.evidence import RunFolder
from harness.hostlist import Host
from harness.ledger import Ledger
from tests.clients.fake import TENANT, Asked, Reply, Service

Record = Callable[[str], list[dict[str, Any]]]
COMPUTE = f"/compute/v2/{TENANT}"


def flavors(service: Service) -> None:
    service.on("GET", f"{COMPUTE}/flavors/detail", body={"flavors": []})


def server(id: str, *states: str) -> Callable[[Asked], Reply]:
    """A server that is seen in one state after the other; "gone" is a 404."""
    told = list(states)

    def answer(_: Asked) -> Reply:
        state = told.pop(0) if len(told) > 1 else told[0]
        if state == "gone":
            return Reply(404, {"itemNotFound": {"message": "The resource could not be found.", "code": 404}})
        fault = {"fault": {"code": 500, "message": "Timeout"}} if state == "ERROR" else {}
        return Reply(200, {"server": {"id": id, "name": "n", "status": state, **fault}})

    return answer


def test_steps(cloud: Cloud, service: Service, record: Record) -> None:
    flavors(service)
    with cloud.step("list flavors"):
        cloud.compute.flavors()
    with pytest.raises(NotFound), cloud.step("show one"):
        cloud.compute.flavor("9")
    rows = record("step")
    assert [(row["phase"], row["number"], row["title"], row["ok"]) for row in rows] == [
        ("start", 1, "list flavors", None),
        ("end", 1, "list flavors", True),
        ("start", 2, "show one", None),
        ("end", 2, "show one", False),
    ]
    assert "answered 404" in rows[-1]["error"]
    assert [row["step"] for row in record("exchange")] == [1, 1, 2]


def test_an_observation_cites_what_it_was_read_from(cloud: Cloud, service: Service, record: Record) -> None:
    flavors(service)
    with cloud.step("list flavors"):
        cloud.compute.flavors()
        cloud.observe(("compute", "flavors", "m1.tiny", "ram"), 512, resource="1")
        cloud.observe_names(("compute", "flavors"), ["b", "a", "a"])
    last = record("exchange")[-1]
    cited = f"{last['worker']}:{last['seq']}"
    (seen,) = record("observation")
    assert (seen["clause"], seen["observed"], seen["cites"], seen["resource"]) == (
        'compute.flavors["m1.tiny"].ram', 512, [cited], "1",
    )  # fmt: skip
    (names,) = record("names")
    assert (names["collection"], names["names"], names["cites"]) == ("compute.flavors", ["a", "b"], [cited])


def test_an_observation_without_evidence_is_a_defect_of_the_story(cloud: Cloud, service: Service) -> None:
    flavors(service)
    with cloud.step("ask"):
        cloud.compute.flavors()
    with cloud.step("ask nothing"), pytest.raises(ValueError, match="nothing was asked in this step"):
        cloud.observe(("region",), "RegionOne")
    with pytest.raises(ValueError, match=r"main:999.*not in this run"):
        cloud.observe(("region",), "RegionOne", cites=["main:999"])
    with pytest.raises(ValueError, match="cites nothing"):
        cloud.observe(("region",), "RegionOne", cites=[])


def test_rows_of_other_processes_can_be_cited(
    cloud: Cloud, opened: Callable[..., RunSession], record: Record
) -> None:
    other = opened("gw1")
    row = other.trail.write("exchange", component="nova")
    cloud.observe(("region",), "RegionOne", cites=[row])
    assert record("observation")[0]["cites"] == [row]


def test_checks(cloud: Cloud, service: Service, record: Record) -> None:
    flavors(service)
    cloud.compute.flavors()
    cloud.check("flavors were listed", True)
    with pytest.raises(
        AssertionError, match=r"not so: there are flavors \(expected some, found none\)"
    ) as raised:
        cloud.check("there are flavors", False, "some", "none")
    good, bad = record("check")
    assert (good["ok"], bad["ok"], bad["expected"], bad["found"]) == (True, False, "some", "none")
    assert raised.value.component == "nova"  # type: ignore[attr-defined]
    assert raised.value.cites[0] == f"main:{bad['seq']}"  # type: ignore[attr-defined]


def test_refusals_that_are_expected(cloud: Cloud, service: Service, record: Record) -> None:
    with cloud.expects("the flavor is unknown", Invalid, NotFound):
        cloud.compute.flavor("9")
    service.on(
        "GET",
        f"{COMPUTE}/flavors/9",
        body={"flavor": {"id": "9", "name": "x", "ram": 1, "vcpus": 1, "disk": 0}},
    )
    with pytest.raises(AssertionError, match="it was done"), cloud.expects("it is unknown", NotFound):
        cloud.compute.flavor("9")
    service.on("GET", f"{COMPUTE}/flavors/9", status=500)
    with (
        pytest.raises(AssertionError, match="expected NotFound, found ServerFault: 500"),
        cloud.expects("so", NotFound),
    ):
        cloud.compute.flavor("9")
    assert [row["ok"] for row in record("check")] == [True, False, False]
    assert [row["ok"] for row in record("step") if row["phase"] == "end"] == [True, False, False]


def test_a_defect_inside_expects_is_not_a_refusal(cloud: Cloud) -> None:
    with pytest.raises(ZeroDivisionError), cloud.expects("so", NotFound):
        raise ZeroDivisionError


def test_waiting(cloud: Cloud, service: Service, record: Record) -> None:
    service.answers["GET", f"{COMPUTE}/servers/1"] = server("1", "BUILD", "BUILD", "ACTIVE")
    found = cloud.wait(
        "the server is up", lambda: cloud.compute.server("1"), "ACTIVE", limit=10, fail_on=("ERROR",)
    )
    assert found.status == "ACTIVE"
    (row,) = record("wait")
    assert (row["what"], row["goal"], row["limit"], row["outcome"]) == (
        "the server is up",
        "ACTIVE",
        10,
        "reached",
    )
    assert [state for state, _ in row["transitions"]] == ["BUILD/-/-", "ACTIVE/-/-"]


def test_a_wait_that_fails_says_why(cloud: Cloud, service: Service, record: Record) -> None:
    service.answers["GET", f"{COMPUTE}/servers/1"] = server("1", "BUILD", "ERROR")
    with pytest.raises(CloudError, match=r"it failed after .*: Timeout \(BUILD") as raised:
        cloud.wait(
            "the server is up", lambda: cloud.compute.server("1"), "ACTIVE", limit=10, fail_on=("ERROR",)
        )
    assert raised.value.component == "nova"
    assert raised.value.cites == (f"main:{record('exchange')[-1]['seq']}",)
    assert record("wait")[0]["outcome"] == "failed"


def test_a_wait_that_ends_too_late(cloud: Cloud, service: Service, record: Record) -> None:
    service.answers["GET", f"{COMPUTE}/servers/1"] = server("1", "BUILD")
    with pytest.raises(WaitTimeout, match=r"not within 0.3 s \(BUILD") as raised:
        cloud.wait("the server is up", lambda: cloud.compute.server("1"), "ACTIVE", limit=0.3)
    assert raised.value.transitions[0][0] == "BUILD/-/-"
    assert record("wait")[0]["outcome"] == "timeout"


def test_a_wait_whose_probe_breaks_is_written_down(cloud: Cloud, service: Service, record: Record) -> None:
    service.on("GET", f"{COMPUTE}/servers/1", status=500)
    with pytest.raises(ServerFault):
        cloud.wait("the server is up", lambda: cloud.compute.server("1"), "ACTIVE", limit=10)
    (row,) = record("wait")
    assert row["outcome"] == "failed"
    assert row["transitions"][0][0] == "raised"


def test_a_rate_limit_is_respected(cloud: Cloud, service: Service) -> None:
    told = iter([Reply(413, {"overLimitFault": {"message": "slowly", "code": 413}}, (("Retry-After", "1"),))])
    active = server("1", "ACTIVE")
    service.answers["GET", f"{COMPUTE}/servers/1"] = lambda asked: next(told, None) or active(asked)
    assert cloud.wait("it is up", lambda: cloud.compute.server("1"), "ACTIVE", limit=5).id == "1"


def test_waiting_for_the_end(cloud: Cloud, service: Service, record: Record) -> None:
    service.answers["GET", f"{COMPUTE}/servers/1"] = server("1", "ACTIVE", "gone")
    cloud.wait_gone("the server is gone", lambda: cloud.compute.server("1"), limit=5)
    assert [state for state, _ in record("wait")[0]["transitions"]] == ["ACTIVE/-/-", "gone"]
    service.answers["GET", f"{COMPUTE}/servers/1"] = server("1", "ACTIVE")
    with pytest.raises(WaitTimeout):
        cloud.wait_gone("the server is gone", lambda: cloud.compute.server("1"), limit=0.2)


def test_patience_outlasts_an_objective(cloud: Cloud) -> None:
    objective = cloud.arch.model.objectives.boot
    assert cloud.patience("boot") == max(2 * objective, objective + 10)


def test_what_is_timed_is_observed(cloud: Cloud, service: Service, record: Record) -> None:
    flavors(service)
    with cloud.step("list"), cloud.timed("token") as watch:
        cloud.compute.flavors()
    (seen,) = record("observation")
    assert seen["clause"] == "objectives.token"
    assert 0 < seen["observed"] <= round(watch.seconds, 3) + 0.001


def test_only_a_late_end_is_timed_not_a_failure(cloud: Cloud, service: Service, record: Record) -> None:
    service.answers["GET", f"{COMPUTE}/servers/1"] = server("1", "BUILD")
    with pytest.raises(WaitTimeout), cloud.timed("boot"):
        cloud.wait("up", lambda: cloud.compute.server("1"), "ACTIVE", limit=0.2)
    assert record("observation")[0]["observed"] >= 0.2
    service.on("GET", f"{COMPUTE}/servers/1", status=500)
    with pytest.raises(ServerFault), cloud.timed("boot"):
        cloud.compute.server("1")
    assert len(record("observation")) == 1


def test_what_is_created_is_in_the_ledger_first(
    cloud: Cloud, service: Service, folder: RunFolder, record: Record
) -> None:
    ledger = Ledger(folder.ledger)
    seen = []

    def create(_: Asked) -> Reply:
        seen.extend(ledger.open_entries())
        return Reply(202, {"server": {"id": "s1", "adminPass": "pw"}})

    service.answers["POST", f"{COMPUTE}/servers"] = create
    made = cloud.compute.create_server(image="i", flavor="1")
    assert [(entry.kind, entry.id, entry.tenant, entry.user) for entry in seen] == [
        ("server", "", "demo", "demo")
    ]
    assert seen[0].name.startswith(f"{folder.prefix}server-main-")
    assert (ledger.open_entries()[0].id, made.id) == ("s1", "s1")
    assert cloud.is_ours("server", "s1")
    assert not cloud.is_ours("server", "s2")
    assert not cloud.is_ours("volume", "s1"), "small numbers are ids of several kinds"


@pytest.mark.parametrize(("status", "still_open"), [(400, 0), (409, 0), (413, 0), (500, 1), (503, 1)])
def test_a_plain_refusal_leaves_nothing_to_clean(
    cloud: Cloud, service: Service, folder: RunFolder, status: int, still_open: int
) -> None:
    service.on("POST", f"{COMPUTE}/servers", status=status)
    with pytest.raises(CloudError):
        cloud.compute.create_server(image="i", flavor="1")
    assert len(Ledger(folder.ledger).open_entries()) == still_open


def test_every_create_goes_through_the_ledger(cloud: Cloud, service: Service, folder: RunFolder) -> None:
    """Nothing that a client creates can be forgotten: each refused create has left an intent."""
    creates: dict[str, Callable[[], object]] = {
        "server": lambda: cloud.compute.create_server(image="i", flavor="1"),
        "keypair": lambda: cloud.compute.create_keypair(),
        "image": lambda: cloud.images.upload(b"x"),
        "volume": lambda: cloud.volumes.create(1),
        "container": lambda: cloud.objects.put_container(),
        "object": lambda: cloud.objects.put("c", "o", b"x"),
        "tenant": lambda: cloud.identity.create_tenant(),
        "user": lambda: cloud.identity.create_user(password="pw123456"),
    }
    for create in creates.values():
        with pytest.raises(CloudError):
            create()
    assert [entry.kind for entry in Ledger(folder.ledger).entries()] == list(creates)
    assert all(entry.gone for entry in Ledger(folder.ledger).entries()), "404 is a plain refusal"


def test_values_pass_from_worker_to_worker(opened: Callable[..., RunSession]) -> None:
    first, second = opened("gw0").cloud("a"), opened("gw1").cloud("b")
    first.share("server", {"id": "s1", "flavor": "1"})
    assert second.shared("server") == {"id": "s1", "flavor": "1"}
    second.share("server", {"id": "s2"})
    assert first.shared("server") == {"id": "s2"}
    with pytest.raises(KeyError, match="no story shared 'image'; there is server"):
        first.shared("image")
    with pytest.raises(TypeError):
        first.share("odd", object())


def test_names_differ_across_workers(opened: Callable[..., RunSession]) -> None:
    names = [opened(worker).cloud("a").name("server") for worker in ("gw0", "gw1") for _ in range(1)]
    one = opened("gw2").cloud("a")
    names += [one.name("server"), one.name("server")]
    assert len(set(names)) == 4


def test_who_is_not_there_is_out_of_reach(cloud: Cloud) -> None:
    with pytest.raises(OutOfReach, match="demo is no administrator"):
        cloud.admin.identity.list_users()
    with pytest.raises(OutOfReach, match="no other account"):
        _ = cloud.other
    with pytest.raises(OutOfReach, match="names no hosts"):
        cloud.nodes["controller"].reach()
    with pytest.raises(OutOfReach, match="names no hosts"):
        cloud.node_at("127.0.0.1")
    with pytest.raises(KeyError, match="no node 'nowhere' is described"):
        _ = cloud.nodes["nowhere"]


def test_addresses_of_nodes(opened: Callable[..., RunSession]) -> None:
    cloud = opened(hosts={"controller": Host("127.0.0.1", 22, "", ("10.0.0.5",))}).cloud("a")
    assert (
        cloud.node_at("127.0.0.1") == cloud.node_at("10.0.0.5") == cloud.node_at("localhost") == "controller"
    )
    assert cloud.node_at("192.0.2.1") == "192.0.2.1"
    assert cloud.node_at("no such name.invalid") == "no such name.invalid"
    with pytest.raises(OutOfReach, match="does not say where compute-1 is"):
        _ = cloud.nodes["compute-1"]
    assert list(cloud.nodes) == ["controller"]


def test_secrets_stay_out_of_the_record(cloud: Cloud, service: Service, folder: RunFolder) -> None:
    flavors(service)
    password, token = cloud.new_password(), cloud.invented_token()
    cloud.compute.flavors()
    cloud.raw("compute").send("GET", f"/servers?x={token}", token=token)
    cloud.check("odd", True, password, token)
    text = folder.events.read_text()
    for secret in (password, token, "s3cret-pass", "70ce9000000000000000000000000001"):
        assert secret not in text


def test_what_cannot_be_seen_is_told(cloud: Cloud, record: Record) -> None:
    cloud.cannot_see(("catalogue", "compute", "public", "node"), "the site names no hosts")
    (row,) = record("unseen")
    assert (row["clause"], row["reason"]) == ("catalogue.compute.public.node", "the site names no hosts")


def test_cleaning_up(cloud: Cloud, service: Service, folder: RunFolder) -> None:
    for path in ("servers/detail", "servers", "os-keypairs", "os-floating-ips", "os-security-groups"):
        name = path.split("/")[0].removeprefix("os-").replace("-", "_")
        service.on("GET", f"{COMPUTE}/{path}", body={name: []})
    service.on("POST", f"{COMPUTE}/servers", status=202, body={"server": {"id": "s1"}})
    service.answers["GET", f"{COMPUTE}/servers/s1"] = server("s1", "ACTIVE", "gone")
    service.on("DELETE", f"{COMPUTE}/servers/s1", status=204)
    cloud.compute.create_server(image="i", flavor="1")
    assert cloud.clean_up() == []
    assert Ledger(folder.ledger).open_entries() == []
    assert "DELETE /compute/v2/7e0a5c1d7e0a5c1d7e0a5c1d7e0a5c1d/servers/s1" in service.paths()
    service.on("GET", f"{COMPUTE}/os-keypairs", body={"keypairs": [
        {"keypair": {"name": "left", "fingerprint": "f", "public_key": "p"}}
    ]})  # fmt: skip
    assert any("keypair left" in told for told in cloud.leaks())


def test_conflicts_keep_what_is_there(cloud: Cloud, service: Service, folder: RunFolder) -> None:
    """A second keypair of the same name is refused: the entry of the first stays open."""
    pair = {"name": "k", "fingerprint": "f", "public_key": "p"}
    service.on("POST", f"{COMPUTE}/os-keypairs", body={"keypair": pair})
    cloud.compute.create_keypair("k")
    service.on("POST", f"{COMPUTE}/os-keypairs", status=409)
    with pytest.raises(Conflict):
        cloud.compute.create_keypair("k")
    assert [entry.id for entry in Ledger(folder.ledger).open_entries()] == ["k"]
