from harness.testing import Cloud, Image, scenario

SEEN = ("disk_format", "container_format", "public", "protected", "status", "min_ram", "min_disk")
LINKED = ("kernel", "ramdisk")
NO_DISK = {"aki", "ari"}


@scenario(
    "images.described",
    gate="images",
    needs=("preflight.endpoints_answer[image]",),
    owns=tuple(f"images.*.{leaf}" for leaf in (*SEEN, *LINKED)),
    cost=0.5,
)
def test_described(cloud: Cloud) -> None:
    """The described images are there, active and as described, and one of them can be booted."""
    with cloud.step("list images"):
        images = {image.name: image for image in cloud.images.list() if not cloud.is_ours("image", image.id)}
        cloud.observe_names(("images",), sorted(images))
        names = {image.id: name for name, image in images.items()}
        for image in images.values():
            _observe(cloud, image, names)
    with cloud.step("look for one to boot"):
        described = cloud.arch.model.images
        bootable = [
            images[name]
            for name, image in described.items()
            if name in images
            and images[name].status == "active"
            and NO_DISK.isdisjoint({image.disk_format, images[name].disk_format})
        ]
        cloud.check("a described image is active", bool(bootable), expected="an active image", found="none")
        known = [image for image in bootable if described[image.name].login]
        cloud.share("image", min(known or bootable, key=lambda image: image.size).id)


def _observe(cloud: Cloud, image: Image, names: dict[str, str]) -> None:
    for leaf in SEEN:
        cloud.observe(("images", image.name, leaf), getattr(image, leaf))
    for leaf in LINKED:
        linked = image.properties.get(f"{leaf}_id")
        cloud.observe(("images", image.name, leaf), names.get(linked, linked) if linked else None)
