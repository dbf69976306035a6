from harness.testing import Cloud, scenario
from scenarios.subjects import services


@scenario(
    "preflight.endpoints_answer",
    gate="preflight",
    needs=("preflight.catalogue",),
    subjects=services,
    owns=("catalogue.{subject}.version",),
    cost=0.5,
)
def test_endpoints_answer(cloud: Cloud, subject: str) -> None:
    """Each service answers at the address that the catalogue gives, and says which version it speaks."""
    if subject == "object-store":
        with cloud.step("ask for the account"):
            cloud.objects.account()
        return
    with cloud.step(f"ask {subject} for its versions"):
        versions = cloud.versions(subject)
        cloud.check("it speaks a version", bool(versions), expected="at least one version")
        cloud.observe(("catalogue", subject, "version"), versions[0].id)


@scenario(
    "preflight.clock",
    gate="preflight",
    needs=("preflight.endpoints_answer",),
    owns=("objectives.clock_skew",),
    cost=0.5,
)
def test_clock(cloud: Cloud) -> None:
    """The clocks behind the APIs agree with the clock here, and so with each other."""
    with cloud.step("compare the Date of every answer of this run with the time at which it came"):
        skews = cloud.clock_skews()
        cloud.check("there are dated answers", bool(skews), expected="a Date header in at least one answer")
    cloud.observe(("objectives", "clock_skew"), max(skews.values()))
