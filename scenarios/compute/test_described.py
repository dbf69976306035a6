from collections import defaultdict

from harness.testing import Cloud, scenario

ANSWERS = ("preflight.endpoints_answer[compute]",)


@scenario("compute.flavors", gate="compute", needs=ANSWERS, owns=("compute.flavors",), cost=0.3)
def test_flavors(cloud: Cloud) -> None:
    """The described flavors are there, with the described sizes."""
    with cloud.step("list flavors"):
        flavors = cloud.compute.flavors()  # a run makes none
        cloud.check("there are flavors", bool(flavors), expected="at least one flavor")
        cloud.observe_names(("compute", "flavors"), sorted(flavor.name for flavor in flavors))
        for flavor in flavors:
            for size in ("id", "ram", "vcpus", "disk", "ephemeral", "swap"):
                cloud.observe(("compute", "flavors", flavor.name, size), getattr(flavor, size))
    cloud.share("flavor", min(flavors, key=lambda flavor: (flavor.ram, flavor.disk)).id)


@scenario(
    "compute.quotas",
    gate="compute",
    needs=ANSWERS,
    owns=("compute.quotas", "compute.limits", "compute.rate_limits"),
    cost=0.3,
)
def test_quotas(cloud: Cloud) -> None:
    """A tenant without quotas of its own has the described ones, and its limits agree with them."""
    with cloud.step("ask for the default quotas"):
        for name, value in cloud.compute.default_quotas().values.items():
            cloud.observe(("compute", "quotas", name), value)
    with cloud.step("ask for the limits"):
        limits = cloud.compute.limits()
        for name, value in limits.absolute.items():
            cloud.observe(("compute", "limits", name), value)
        cloud.observe(("compute", "rate_limits"), sorted(str(rate) for rate in limits.rates))


@scenario("compute.extensions", gate="compute", needs=ANSWERS, owns=("compute.extensions",), cost=0.3)
def test_extensions(cloud: Cloud) -> None:
    """Every described extension is loaded, in the described version."""
    with cloud.step("list extensions"):
        extensions = cloud.compute.extensions()
        cloud.observe_names(("compute", "extensions"), sorted(extension.alias for extension in extensions))
        for extension in extensions:
            cloud.observe(("compute", "extensions", extension.alias, "name"), extension.name)
            cloud.observe(("compute", "extensions", extension.alias, "updated"), extension.updated)


@scenario(
    "compute.hosts", gate="compute", needs=ANSWERS, requires=("admin",), owns=("compute.hosts",), cost=0.3
)
def test_hosts(cloud: Cloud) -> None:
    """Every described host runs the described services of nova, and no other host runs any."""
    services: dict[str, set[str]] = defaultdict(set)
    with cloud.step("list hosts"):
        for host in cloud.admin.compute.hosts():
            services[host.name].add(host.service)
        cloud.observe_names(("compute", "hosts"), sorted(services))
        for name, found in services.items():
            cloud.observe(("compute", "hosts", name, "services"), sorted(found))
