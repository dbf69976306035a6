"""What is asked of nova-network, and how its answers are read; shapes as recorded, values of our own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harness.clients.errors import Invalid, NotFound, OverQuota, ServerFault
from harness.clients.session import CloudSession
from harness.clients.values import FloatingAddress, GroupRule
from tests.clients.fake import TENANT, Rows, Service, open_session

COMPUTE = f"/compute/v2/{TENANT}"
ADDRESS = {"instance_id": None, "ip": "203.0.113.66", "fixed_ip": None, "id": 7, "pool": "nova"}
RULE = {"from_port": 22, "group": {}, "ip_protocol": "tcp", "to_port": 22, "parent_group_id": 5,
        "ip_range": {"cidr": "0.0.0.0/0"}, "id": 9}  # fmt: skip
GROUP = {"rules": [RULE], "tenant_id": TENANT, "id": 5, "name": "web", "description": "w"}


def sent(service: Service) -> object:
    return json.loads(service.asked[-1].body)


class Keeper:
    """Writes down, in order, what is told to it."""

    def __init__(self, service: Service) -> None:
        self.told: list[tuple[str, ...]] = []
        self.service = service

    def name(self, kind: str) -> str:
        return f"deployday-x-{kind}-1"

    @contextmanager
    def creating(self, kind: str, name: str) -> Iterator["Keeper"]:
        self.told.append(("intend", kind, name, str(len(self.service.asked))))
        yield self

    def made(self, id: str) -> None:
        self.told.append(("made", id))


@pytest.fixture
def kept(service: Service, rows: Rows) -> tuple[CloudSession, Keeper]:
    keeper = Keeper(service)
    return open_session(service, rows, keeper=keeper), keeper


def test_an_address_is_intended_before_it_is_asked_for(
    kept: tuple[CloudSession, Keeper], service: Service
) -> None:
    session, keeper = kept
    assert session.identity.token
    service.on("POST", f"{COMPUTE}/os-floating-ips", body={"floating_ip": ADDRESS})
    assert session.network.allocate("nova") == FloatingAddress("7", "203.0.113.66", "nova")
    assert sent(service) == {"pool": "nova"}
    assert keeper.told == [("intend", "address", "", "1"), ("made", "7")]
    session.network.allocate()
    assert sent(service) == {}


def test_addresses_lead_to_servers(session: CloudSession, service: Service) -> None:
    led = ADDRESS | {"instance_id": "s1", "fixed_ip": "10.0.0.3"}
    service.on("GET", f"{COMPUTE}/os-floating-ips", body={"floating_ips": [ADDRESS, led]})
    service.on("GET", f"{COMPUTE}/os-floating-ips/7", body={"floating_ip": led})
    service.on("POST", f"{COMPUTE}/servers/s1/action", status=202)
    service.on("DELETE", f"{COMPUTE}/os-floating-ips/7", status=202)
    assert [address.server for address in session.network.floating_addresses()] == ["", "s1"]
    assert session.network.floating_address("7").fixed == "10.0.0.3"
    session.network.associate("s1", "203.0.113.66")
    assert sent(service) == {"addFloatingIp": {"address": "203.0.113.66"}}
    session.network.disassociate("s1", "203.0.113.66")
    assert sent(service) == {"removeFloatingIp": {"address": "203.0.113.66"}}
    session.network.release("7")
    assert service.paths()[-1] == f"DELETE {COMPUTE}/os-floating-ips/7"


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"badRequest": {"message": "No more floating ips in pool zz.", "code": 400}}, Invalid),
        (413, {"overLimit": {"message": "QuotaError", "code": 413, "retryAfter": 0}}, OverQuota),
    ],
)
def test_a_pool_that_gives_nothing(
    kept: tuple[CloudSession, Keeper], service: Service, status: int, body: object, error: type[Exception]
) -> None:
    session, keeper = kept
    service.on("POST", f"{COMPUTE}/os-floating-ips", status=status, body=body)
    with pytest.raises(error):
        session.network.allocate("zz")
    assert [row[0] for row in keeper.told] == ["intend"]


def test_a_foreign_address_is_a_fault_of_the_service(session: CloudSession, service: Service) -> None:
    body = {"computeFault": {"message": "Associate floating ip failed", "code": 500}}
    service.on("POST", f"{COMPUTE}/servers/s1/action", status=500, body=body)
    with pytest.raises(ServerFault, match="Associate"):
        session.network.associate("s1", "9.9.9.9")


def test_groups_and_rules(kept: tuple[CloudSession, Keeper], service: Service) -> None:
    session, keeper = kept
    service.on("POST", f"{COMPUTE}/os-security-groups", body={"security_group": GROUP | {"rules": []}})
    service.on("GET", f"{COMPUTE}/os-security-groups", body={"security_groups": [GROUP]})
    service.on("GET", f"{COMPUTE}/os-security-groups/5", body={"security_group": GROUP})
    service.on("GET", f"{COMPUTE}/servers/s1/os-security-groups", body={"security_groups": [GROUP]})
    service.on("DELETE", f"{COMPUTE}/os-security-groups/5", status=202)
    assert session.network.create_group().rules == ()
    name = "deployday-x-group-1"
    assert sent(service) == {"security_group": {"name": name, "description": name}}
    assert keeper.told[0][:3] == ("intend", "group", name)
    assert keeper.told[1] == ("made", "5")
    rule = GroupRule("9", "5", "tcp", 22, 22, "0.0.0.0/0")
    assert session.network.groups()[0].rules == (rule,)
    assert session.network.group("5").tenant == TENANT
    assert session.network.server_groups("s1")[0].name == "web"
    session.network.delete_group("5")
    assert service.paths()[-1] == f"DELETE {COMPUTE}/os-security-groups/5"


def test_rules_come_and_go(session: CloudSession, service: Service) -> None:
    service.on("POST", f"{COMPUTE}/os-security-group-rules", body={"security_group_rule": RULE})
    service.on("DELETE", f"{COMPUTE}/os-security-group-rules/9", status=202)
    asked = {"parent_group_id": "5", "ip_protocol": "tcp", "from_port": 22, "to_port": 22}
    session.network.add_rule("5", "tcp", 22, 22)
    assert sent(service) == {"security_group_rule": {**asked, "cidr": "0.0.0.0/0"}}
    session.network.add_rule("5", "tcp", 22, 22, cidr="10.0.0.0/8")
    assert sent(service) == {"security_group_rule": {**asked, "cidr": "10.0.0.0/8"}}
    theirs = RULE | {"group": {"tenant_id": TENANT, "name": "db"}, "ip_range": {}}
    service.on("POST", f"{COMPUTE}/os-security-group-rules", body={"security_group_rule": theirs})
    rule = session.network.add_rule("5", "tcp", 22, 22, source_group="6")
    assert sent(service) == {"security_group_rule": {**asked, "group_id": "6"}}
    assert (rule.source_group, rule.cidr) == ("6", "")
    session.network.remove_rule("9")
    service.on("DELETE", f"{COMPUTE}/os-security-group-rules/9", status=404, body=b"no")
    with pytest.raises(NotFound):
        session.network.remove_rule("9")
