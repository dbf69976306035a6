from harness.testing import Cloud, scenario
from scenarios.guests.entering import wait_answers
from scenarios.network.test_described import shared_network


@scenario(
    "guests.answers_on_host",
    gate="guests",
    needs=("compute.boots_on_host[=]", "guests.boot"),
    subjects="nodes:compute",
    requires=("admin", "guests"),
    holds=("host/{subject}",),
    spread=True,
    creates=1,
    cost=1.0,
)
def test_answers_on_host(cloud: Cloud, subject: str) -> None:
    """A server on this compute host is entered, and has its metadata."""
    known = cloud.shared(f"host/{subject}")
    with cloud.step("enter it"):
        guest = cloud.guest(known["id"])
        wait_answers(cloud, guest)
    with cloud.step("ask the metadata service"):
        url = "http://169.254.169.254/latest/meta-data/local-ipv4"
        told = guest.expect("wget", "-q", "-O", "-", url).text.strip()
        cloud.check("it answers the server's own address", told == known["address"], known["address"], told)


@scenario(
    "network.mesh",
    gate="network",
    needs=("guests.answers_on_host[=]", "guests.boot"),
    subjects="nodes:compute",
    requires=("admin", "guests"),
    applies=shared_network,
    holds=("guest", "host/{subject}"),
    cost=1.0,
)
def test_mesh(cloud: Cloud, subject: str) -> None:
    """A server on this compute host and the run's guest reach each other, both ways."""
    here, there = cloud.shared("guest"), cloud.shared(f"host/{subject}")
    with cloud.step(f"from {subject}"):
        passed = cloud.admin_guests.guest(there["id"]).pings(here["address"])
        cloud.check("an echo comes back", passed, expected="an echo", found="none")
    with cloud.step(f"to {subject}"):
        guest = cloud.guest(here["id"])
        cloud.check("an echo comes back", guest.pings(there["address"]), expected="an echo", found="none")
        cloud.check("SSH passes", guest.connects(there["address"]), expected="it passes", found="it does not")
