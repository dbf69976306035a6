from collections.abc import Callable, Mapping
from typing import Any

from harness.testing import Cloud, Invalid, NotFound, OverQuota, scenario

ANSWERS = ("preflight.endpoints_answer[compute]",)
LONG = 256
Wrong = Callable[[Mapping[str, int], Cloud], dict[str, Any]]
WRONG: Mapping[str, Wrong] = {
    "empty name": lambda quotas, cloud: {"name": ""},
    "long name": lambda quotas, cloud: {"name": cloud.name("server").ljust(LONG, "x")},
    "unknown key": lambda quotas, cloud: {"key": cloud.name("keypair")},
    "unknown group": lambda quotas, cloud: {"groups": [cloud.name("group")]},
    "unknown network": lambda quotas, cloud: {"networks": [cloud.invented_uuid()]},
    "too many files": lambda quotas, cloud: {
        "files": {f"/etc/{number}": b"x" for number in range(quotas["injected_files"] + 1)}
    },
    "too large a file": lambda quotas, cloud: {
        "files": {"/etc/large": b"x" * (quotas["injected_file_content_bytes"] + 1)}
    },
    "too much metadata": lambda quotas, cloud: {
        "metadata": {f"key-{number}": "value" for number in range(quotas["metadata_items"] + 1)}
    },
}
"""What is wrong with a request, and how it comes about.

What Essex accepts without a word is not here: an unknown zone, more servers at least than at most, an access
address that is none.
"""


@scenario(
    "compute.unknown_image",
    gate="compute",
    needs=(*ANSWERS, "compute.flavors"),
    creates=1,
    spread=True,
    cost=0.3,
)
def test_unknown_image(cloud: Cloud) -> None:
    """No server is made from an image that nobody stored."""
    with cloud.expects("the image is refused", Invalid, NotFound):
        cloud.compute.create_server(image=cloud.invented_uuid(), flavor=cloud.shared("flavor"))


@scenario(
    "compute.unknown_flavor",
    gate="compute",
    needs=(*ANSWERS, "images.described"),
    creates=1,
    spread=True,
    cost=0.3,
)
def test_unknown_flavor(cloud: Cloud) -> None:
    """No server is made of a flavor that nobody described."""
    with cloud.expects("the flavor is refused", Invalid, NotFound):
        cloud.compute.create_server(image=cloud.shared("image"), flavor="999999")


@scenario("compute.tenant_mismatch", gate="compute", needs=ANSWERS, requires=("second_account",), cost=0.3)
def test_tenant_mismatch(cloud: Cloud) -> None:
    """A token of one tenant opens no URL of another."""
    with cloud.step("list servers at the other tenant's URL"):
        answer = cloud.raw("compute", as_tenant=cloud.other.account.tenant_id).send("GET", "/servers")
        refused = answer.status in (400, 401, 403, 404)
        cloud.check("it is refused", refused, expected="400, 401, 403 or 404", found=str(answer.status))


@scenario(
    "compute.refused",
    gate="compute",
    needs=("images.described", "compute.flavors"),
    subjects=tuple(WRONG),
    creates=1,
    spread=True,
    cost=0.3,
)
def test_refused(cloud: Cloud, subject: str) -> None:
    """A request for a server with this in it is refused."""
    wrong = WRONG[subject](cloud.compute.quotas().values, cloud)
    with cloud.expects("it is refused", Invalid, NotFound, OverQuota):
        cloud.compute.create_server(image=cloud.shared("image"), flavor=cloud.shared("flavor"), **wrong)
