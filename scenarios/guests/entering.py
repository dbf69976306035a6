"""What stories that make and enter guests have in common."""

from harness.testing import Cloud, Guest, Guests, Server


def wait_active(cloud: Cloud, guests: Guests, server: str, limit: float | None = None) -> Server:
    """Until a server of these guests' user is ACTIVE; gives it as compute tells it then."""
    return cloud.wait(
        "the server is ACTIVE",
        lambda: guests.compute.server(server),
        goal="ACTIVE",
        fail_on=("ERROR",),
        state=lambda seen: seen.state,
        limit=limit or cloud.patience("boot"),
    )


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
