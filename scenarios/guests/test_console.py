import re

from harness.testing import Cloud, scenario

UP = re.compile(r"\blogin:|cloud-init.* finished|boot finished at|completely up", re.IGNORECASE)
"""What systems print on their console when they are up: a prompt, or cloud-init's last words."""


@scenario(
    "compute.comes_up",
    gate="compute",
    needs=("compute.console",),
    requires=("console",),
    holds=("server",),
    creates=1,
    cost=1.0,
)
def test_comes_up(cloud: Cloud) -> None:
    """The console shows that the system inside of a server came up."""
    server = cloud.shared("server")["id"]
    with cloud.step("read the console"):
        cloud.wait(
            "the system is up",
            lambda: cloud.compute.console(server),
            goal=lambda seen: UP.search(seen) is not None,
            state=lambda seen: "up" if UP.search(seen) else f"{len(seen)} characters, no prompt",
            limit=cloud.patience("boot"),
        )
