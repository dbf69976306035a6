"""The waits that several stories of volumes have in common."""

from harness.testing import Cloud


def wait_available(cloud: Cloud, volume: str, what: str = "the volume is available") -> None:
    """Until nobody has the volume, and whoever wants it can have it."""
    _wait(cloud, volume, what, "available")


def wait_in_use(cloud: Cloud, volume: str) -> None:
    """Until a server has it."""
    _wait(cloud, volume, "the volume is in use", "in-use")


def _wait(cloud: Cloud, volume: str, what: str, goal: str) -> None:
    cloud.wait(
        what,
        lambda: cloud.volumes.show(volume),
        goal=goal,
        fail_on=lambda seen: seen.status.startswith("error"),
        state=lambda seen: seen.status,
        limit=cloud.patience("volume"),
    )
