from collections.abc import Iterator

from harness.testing import Architecture, Cloud, scenario

TIMES = 3
COMPUTE = ("servers", "flavors", "images", "extensions", "limits")
EXTENSIONS = {
    "os-keypairs": {"os-keypairs": "keypairs"},
    "security_groups": {"os-security-groups": "security_groups"},
    "os-floating-ips": {"os-floating-ips": "floating_ips"},
    "os-floating-ip-pools": {"os-floating-ip-pools": "floating_ip_pools"},
    "os-volumes": {"os-volumes": "volumes", "os-snapshots": "snapshots"},
    "os-volume-types": {"os-volume-types": "volume_types"},
}
"""Extension → its lists, each with the name of what it holds."""
KEYS = {key: value for lists in EXTENSIONS.values() for key, value in lists.items()}
VOLUME = {"volumes": "volumes", "snapshots": "snapshots", "types": "volume_types", "extensions": "extensions"}


def compute_lists(arch: Architecture) -> Iterator[str]:
    """The lists that a plain member may ask of compute, those of the described extensions among them."""
    described = arch.model.compute.extensions if arch.model.compute else {}
    yield from COMPUTE
    for alias, lists in EXTENSIONS.items():
        if alias in described:
            yield from lists


@scenario(
    "preflight.identity_lists",
    gate="preflight",
    needs=("preflight.endpoints_answer[identity]",),
    subjects=("tenants", "extensions"),
    cost=0.3,
)
def test_identity_lists(cloud: Cloud, subject: str) -> None:
    """Each list that identity has for everybody answers, three times in a row."""
    _ask(cloud, "identity", f"/{subject}", subject)


@scenario(
    "preflight.compute_lists",
    gate="preflight",
    needs=("preflight.endpoints_answer[compute]",),
    subjects=compute_lists,
    cost=0.3,
)
def test_compute_lists(cloud: Cloud, subject: str) -> None:
    """Each list that compute has for a member answers, three times in a row."""
    _ask(cloud, "compute", f"/{subject}", KEYS.get(subject, subject))


@scenario(
    "preflight.image_lists",
    gate="preflight",
    needs=("preflight.endpoints_answer[image]",),
    subjects=("short", "detailed"),
    cost=0.3,
)
def test_image_lists(cloud: Cloud, subject: str) -> None:
    """The short and the detailed list of images answer, three times in a row."""
    _ask(cloud, "image", {"short": "/images", "detailed": "/images/detail"}[subject], "images")


@scenario(
    "preflight.volume_lists",
    gate="preflight",
    needs=("preflight.endpoints_answer[volume]",),
    subjects=tuple(VOLUME),
    cost=0.3,
)
def test_volume_lists(cloud: Cloud, subject: str) -> None:
    """Each list that the volume service has for a member answers, three times in a row."""
    _ask(cloud, "volume", f"/{subject}", VOLUME[subject])


@scenario(
    "preflight.object_lists",
    gate="preflight",
    needs=("preflight.endpoints_answer[object-store]",),
    cost=0.3,
)
def test_object_lists(cloud: Cloud) -> None:
    """The list of containers answers, three times in a row."""
    _ask(cloud, "object-store", "?format=json&limit=10", "")


def _ask(cloud: Cloud, service: str, path: str, key: str) -> None:
    """Three times, because behind one address there may be several that take turns."""
    for time in range(1, TIMES + 1):
        with cloud.step(f"ask {service} for {key or 'containers'}, for the {time}. time"):
            answer = cloud.raw(service).send("GET", path)
            cloud.check("it is answered", answer.status == 200, expected="200", found=str(answer.status))
            listed = answer.json()
            there = key in listed if key and isinstance(listed, dict) else isinstance(listed, list)
            cloud.check("the list is in it", there, expected=key or "a list", found=answer.text[:80])
