from urllib.parse import urlsplit

from harness.testing import Cloud, OutOfReach, Unreachable, scenario
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
    "preflight.internal_answers",
    gate="preflight",
    needs=("preflight.endpoints_answer[=]",),
    subjects=services,
    cost=0.2,
)
def test_internal_answers(cloud: Cloud, subject: str) -> None:
    """Each service answers at its internal address of the catalogue, where that is seen from here."""
    _answers(cloud, subject, "internal")


@scenario(
    "preflight.admin_answers",
    gate="preflight",
    needs=("preflight.endpoints_answer[=]",),
    subjects=services,
    cost=0.2,
)
def test_admin_answers(cloud: Cloud, subject: str) -> None:
    """Each service answers at its administrators' address of the catalogue, where that is seen from here."""
    _answers(cloud, subject, "admin")


def _answers(cloud: Cloud, service: str, interface: str) -> None:
    url = urlsplit(cloud.endpoint(service, interface))
    with cloud.step(f"ask the {interface} address of {service}"):
        try:
            answer = cloud.raw(service).send("GET", f"{url.scheme}://{url.netloc}/", token=None)
        except Unreachable:
            if url.hostname == urlsplit(cloud.endpoint(service)).hostname:
                raise
            raise OutOfReach(
                f"{url.netloc} is not seen from here, and is on another network perhaps"
            ) from None
        cloud.check("it answers", answer.status < 500, expected="below 500", found=str(answer.status))


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
