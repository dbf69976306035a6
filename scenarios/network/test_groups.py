from harness.testing import Cloud, Conflict, Invalid, NotFound, Refused, scenario
from scenarios.network.test_described import ANSWERS, described

REFUSED = (Conflict, Invalid)


@scenario("network.default_group", gate="network", needs=ANSWERS, applies=described, cost=0.2)
def test_default_group(cloud: Cloud) -> None:
    """Every tenant has a group that servers are in where nobody names one."""
    with cloud.step("list groups"):
        groups = cloud.network.groups()
        mine = cloud.account.tenant_id
        names = [group.name for group in groups]
        cloud.check("the default group is there", "default" in names, "default", ", ".join(names))
        strangers = [group.name for group in groups if group.tenant not in ("", mine)]
        cloud.check("all groups are this tenant's", not strangers, found=", ".join(strangers))


@scenario("network.group_life", gate="network", needs=ANSWERS, applies=described, spread=True, cost=0.6)
def test_group_life(cloud: Cloud) -> None:
    """A group is made, listed and shown as it was asked for, and is gone when it was removed."""
    with cloud.step("make a group"):
        made = cloud.network.create_group(description="made by Deploy Day")
        cloud.check("it lets nothing in", not made.rules, expected="no rules", found=made.rules)
    with cloud.step("look for it"):
        shown = cloud.network.group(made.id)
        cloud.check("it is shown as it was made", shown == made, expected=made, found=shown)
        listed = [group.name for group in cloud.network.groups()]
        cloud.check("it is listed", made.name in listed, made.name, ", ".join(listed))
    with cloud.expects("its name cannot be used twice", *REFUSED):
        cloud.network.create_group(made.name, "a second one")
    with cloud.step("remove it"):
        cloud.network.delete_group(made.id)
    with cloud.expects("it is gone", NotFound):
        cloud.network.group(made.id)


@scenario("network.group_rules", gate="network", needs=ANSWERS, applies=described, spread=True, cost=0.8)
def test_group_rules(cloud: Cloud) -> None:
    """Rules are kept as they were asked for, from addresses and from groups, until they are removed."""
    with cloud.step("make a group"):
        group = cloud.network.create_group()
    with cloud.step("let addresses in"):
        cloud.network.add_rule(group.id, "tcp", 8000, 8080, cidr="192.0.2.0/24")
        cloud.network.add_rule(group.id, "icmp", -1, -1)
    with cloud.step("let the members of a group in"):
        cloud.network.add_rule(group.id, "udp", 53, 53, source_group=group.id)
    with cloud.step("look at them"):
        rules = cloud.network.group(group.id).rules
        found = {
            (rule.protocol, rule.from_port, rule.to_port, rule.cidr, rule.source_group) for rule in rules
        }
        expected = {
            ("tcp", 8000, 8080, "192.0.2.0/24", ""),
            ("icmp", -1, -1, "0.0.0.0/0", ""),
            ("udp", 53, 53, "", group.name),
        }
        cloud.check("all are there, and no other", found == expected, expected, found)
    with cloud.expects("none is taken twice", *REFUSED):
        cloud.network.add_rule(group.id, "icmp", -1, -1)
    with cloud.step("remove them"):
        for rule in rules:
            cloud.network.remove_rule(rule.id)
        left = cloud.network.group(group.id).rules
        cloud.check("none is left", not left, expected="no rules", found=left)
    with cloud.expects("none is removed twice", NotFound):
        cloud.network.remove_rule(rules[0].id)
    with cloud.step("remove the group"):
        cloud.network.delete_group(group.id)


@scenario("network.bad_rules", gate="network", needs=ANSWERS, applies=described, spread=True, cost=0.5)
def test_bad_rules(cloud: Cloud) -> None:
    """A rule that makes no sense is refused."""
    with cloud.step("make a group"):
        group = cloud.network.create_group()
    with cloud.expects("no address range", *REFUSED):
        cloud.network.add_rule(group.id, "tcp", 22, 22, cidr="everywhere")
    with cloud.expects("ports in the wrong order", *REFUSED):
        cloud.network.add_rule(group.id, "tcp", 80, 22)
    with cloud.expects("no such port", *REFUSED):
        cloud.network.add_rule(group.id, "tcp", 65536, 65536)
    with cloud.expects("no such protocol", *REFUSED):
        cloud.network.add_rule(group.id, "carrier-pigeon", 22, 22)
    with cloud.step("look at the group"):
        left = cloud.network.group(group.id).rules
        cloud.check("it has no rules", not left, expected="no rules", found=left)
        cloud.network.delete_group(group.id)


@scenario(
    "network.group_is_private",
    gate="network",
    needs=("network.group_life",),
    requires=("second_account",),
    applies=described,
    cost=0.6,
)
def test_group_is_private(cloud: Cloud) -> None:
    """Another tenant neither sees a group nor opens nor removes it."""
    with cloud.step("make a group"):
        group = cloud.network.create_group()
    with cloud.step("list groups as the other tenant"):
        listed = [one.id for one in cloud.other.network.groups()]
        cloud.check("it is not listed", group.id not in listed, "not listed", group.name)
    with cloud.expects("it is not shown to the other tenant", NotFound, Refused):
        cloud.other.network.group(group.id)
    with cloud.expects("the other tenant cannot open it", NotFound, Refused):
        cloud.other.network.add_rule(group.id, "tcp", 22, 22)
    with cloud.expects("the other tenant cannot remove it", NotFound, Refused):
        cloud.other.network.delete_group(group.id)
    with cloud.step("look whether it is as it was"):
        left = cloud.network.group(group.id).rules
        cloud.check("it has no rules", not left, expected="no rules", found=left)
        cloud.network.delete_group(group.id)
