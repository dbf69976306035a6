from harness.testing import Cloud, Invalid, NotFound, scenario

KEPT = {"colour": "red", "shape": "round"}
LIMITS = {"metadata_name": ("k" * 129, "v"), "metadata_value": ("key", "v" * 257)}
"""Swift 1.4.8 keeps names of 128 and values of 256 characters."""


@scenario("objects.metadata", gate="objects", needs=("objects.container",), cost=0.4)
def test_metadata(cloud: Cloud) -> None:
    """The metadata of an object are replaced as a whole, and its content and type stay."""
    container = cloud.shared("container")
    with cloud.step("store a text with metadata"):
        cloud.objects.put(container, "described", b"text", metadata=KEPT, content_type="text/plain")
    with cloud.step("replace its metadata"):
        cloud.objects.set_metadata(container, "described", {"size": "small"})
        seen = cloud.objects.head(container, "described")
        found = dict(seen.metadata)
        cloud.check("only the new ones are there", found == {"size": "small"}, {"size": "small"}, found)
        kind = seen.content_type.partition(";")[0]
        cloud.check("the type stayed", kind == "text/plain", expected="text/plain", found=kind)


@scenario(
    "objects.limits",
    gate="objects",
    needs=("objects.container",),
    subjects=("container_name", "object_name", "metadata_name", "metadata_value"),
    cost=0.3,
)
def test_limits(cloud: Cloud, subject: str) -> None:
    """Names and metadata that are one character too long are refused."""
    container, long = cloud.shared("container"), cloud.name("object")
    with cloud.expects(f"a {subject.replace('_', ' ')} too long is refused", Invalid):
        if subject == "container_name":
            cloud.objects.put_container(long.ljust(257, "x"))
        elif subject == "object_name":
            cloud.objects.put(container, long.ljust(1025, "x"), b"")
        else:
            name, value = LIMITS[subject]
            cloud.objects.put(container, subject, b"", metadata={name: value})


@scenario("objects.copy", gate="objects", needs=("objects.container",), cost=0.6)
def test_copy(cloud: Cloud) -> None:
    """A copy, sent or fetched, has the content and the metadata of its original, and what was added."""
    container, content = cloud.shared("container"), cloud.random_bytes(1000)
    with cloud.step("store the original"):
        etag = cloud.objects.put(container, "original", content, metadata=KEPT).etag
    for how, pull in (("sent", False), ("fetched", True)):
        with cloud.step(f"make a copy that is {how}, and look at it"):
            cloud.objects.copy(container, "original", container, how, metadata={"copy": how}, pull=pull)
            seen = cloud.objects.head(container, how)
            cloud.check("the content is the same", seen.etag == etag, expected=etag, found=seen.etag)
            expected, found = {**KEPT, "copy": how}, dict(seen.metadata)
            cloud.check("the metadata are there", found == expected, expected, found)
    with cloud.expects("there is no copy of nothing", NotFound):
        cloud.objects.copy(container, "no-original", container, "no-copy", pull=True)
