"""What stories that enter guests have in common."""

from harness.testing import Cloud, Guest, Server


def address_of(server: Server) -> str:
    """The first address of a server, which is its own."""
    found = [address for addresses in server.addresses.values() for address in addresses]
    return found[0] if found else ""


def wait_answers(cloud: Cloud, guest: Guest) -> None:
    """Until a guest's SSH server answers."""
    cloud.wait("SSH answers", guest.answers, goal=bool, state=_answers, limit=cloud.patience("boot"))


def wait_silent(cloud: Cloud, guest: Guest) -> None:
    """Until it answers no more; whoever says so has seen it answer."""
    cloud.wait(
        "SSH answers no more",
        guest.answers,
        goal=lambda answers: not answers,
        state=_answers,
        limit=cloud.patience("delete"),
    )


def _answers(seen: bool) -> str:
    return "answers" if seen else "silent"
