from harness.testing import Cloud, scenario

IMAGES = ("preflight.endpoints_answer[image]",)


@scenario(
    "images.filters",
    gate="images",
    needs=("images.upload",),
    subjects=("name", "status", "container_format", "disk_format", "size_min", "size_max", "property"),
    cost=0.3,
)
def test_filters(cloud: Cloud, subject: str) -> None:
    """A listing that is filtered shows the image where the filter fits it, and not where it does not."""
    uploaded = cloud.shared("uploaded")
    name, fits, misses = _filter(subject, uploaded)
    with cloud.step(f"list images with {name} as the image has it"):
        listed = [image.id for image in cloud.images.list({name: fits})]
        cloud.check("the image is listed", uploaded["id"] in listed, uploaded["id"], f"{len(listed)} images")
    with cloud.step(f"list images with another {name}"):
        listed = [image.id for image in cloud.images.list({name: misses})]
        cloud.check("it is not listed", uploaded["id"] not in listed, "not listed", uploaded["id"])


def _filter(subject: str, image: dict[str, str]) -> tuple[str, str, str]:
    """The filter, a value that fits the image and one that does not."""
    size = int(image["size"])
    return {
        "name": ("name", image["name"], f"{image['name']}-not"),
        "status": ("status", "active", "queued"),
        "container_format": ("container_format", "bare", "ovf"),
        "disk_format": ("disk_format", "raw", "iso"),
        "size_min": ("size_min", str(size), str(size + 1)),
        "size_max": ("size_max", str(size), str(size - 1)),
        "property": ("property-chapter", image["chapter"], f"{image['chapter']}-not"),
    }[subject]


@scenario("images.pages", gate="images", needs=IMAGES, cost=0.7)
def test_pages(cloud: Cloud) -> None:
    """A listing that is asked for page by page shows each image once."""
    mark = {"series": cloud.name("property")}
    with cloud.step("register three images"):
        made = {cloud.images.reserve(properties=mark).id for _ in range(3)}
    seen: list[str] = []
    for number in range(1, 4):
        with cloud.step(f"ask for page {number} of one image"):
            page = cloud.images.page(1, seen[-1] if seen else None, {"property-series": mark["series"]})
            cloud.check("one image is on it", len(page) == 1, expected="1", found=str(len(page)))
            seen.append(page[0].id)
    with cloud.step("ask for what comes behind the last"):
        rest = cloud.images.page(1, seen[-1], {"property-series": mark["series"]})
        cloud.check("nothing does", not rest, expected="an empty page", found=f"{len(rest)} images")
        cloud.check("each was seen once", set(seen) == made, str(sorted(made)), str(sorted(seen)))
