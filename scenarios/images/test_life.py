from hashlib import md5

from harness.testing import Cloud, Invalid, NotFound, scenario
from scenarios.images.states import wait_active


@scenario(
    "images.upload",
    gate="images",
    needs=("preflight.endpoints_answer[image]",),
    owns=("objectives.image",),
    cost=1.0,
)
def test_upload(cloud: Cloud) -> None:
    """An image is stored: active, with the size and checksum of what was sent."""
    content, chapter = cloud.random_bytes(256 * 1024), cloud.name("property")
    with cloud.step("store 256 KiB as a raw image"), cloud.timed("image"):
        image = cloud.images.upload(
            content, disk_format="raw", container_format="bare", properties={"chapter": chapter}
        )
        image = wait_active(cloud, image.id)
    with cloud.step("compare it with what was sent"):
        checksum = md5(content, usedforsecurity=False).hexdigest()
        cloud.check(
            "the size is right", image.size == len(content), expected=str(len(content)), found=str(image.size)
        )
        cloud.check(
            "the checksum is right", image.checksum == checksum, expected=checksum, found=image.checksum
        )
        cloud.check("it is private", not image.public, expected="private", found="public")
    cloud.share(
        "uploaded",
        {"id": image.id, "md5": checksum, "name": image.name, "size": image.size, "chapter": chapter},
    )


@scenario("images.download", gate="images", needs=("images.upload",), cost=0.5)
def test_download(cloud: Cloud) -> None:
    """What is read back is what was stored, byte by byte."""
    uploaded = cloud.shared("uploaded")
    with cloud.step("read the image back"):
        content = cloud.images.download(uploaded["id"])
        found = md5(content, usedforsecurity=False).hexdigest()
        cloud.check(
            "the content is unchanged", found == uploaded["md5"], expected=uploaded["md5"], found=found
        )


@scenario("images.private", gate="images", needs=("images.upload",), requires=("second_account",), cost=0.5)
def test_private(cloud: Cloud) -> None:
    """A private image is neither found nor listed by another tenant."""
    image = cloud.shared("uploaded")["id"]
    with cloud.expects("another tenant does not find it", NotFound):
        cloud.other.images.show(image)
    with cloud.step("list images as the other tenant"):
        listed = [found.id for found in cloud.other.images.list()]
        cloud.check("it is not listed", image not in listed, expected="not listed", found=image)


@scenario("images.bad_format", gate="images", needs=("preflight.endpoints_answer[image]",), cost=0.3)
def test_bad_format(cloud: Cloud) -> None:
    """A disk format that nobody knows is refused."""
    with cloud.expects("the format is refused", Invalid):
        cloud.images.upload(b"no disk", disk_format="floppy", container_format="bare")


@scenario("images.bad_container", gate="images", needs=("preflight.endpoints_answer[image]",), cost=0.3)
def test_bad_container(cloud: Cloud) -> None:
    """A container format that nobody knows is refused, and so is one that does not go with the disk's."""
    with cloud.expects("the unknown format is refused", Invalid):
        cloud.images.upload(b"no disk", disk_format="raw", container_format="shoebox")
    with cloud.expects("Amazon's disk in another container is refused", Invalid):
        cloud.images.upload(b"no disk", disk_format="ami", container_format="bare")


@scenario("images.bad_checksum", gate="images", needs=("preflight.endpoints_answer[image]",), cost=0.3)
def test_bad_checksum(cloud: Cloud) -> None:
    """Content that does not fit its announced checksum is refused."""
    with cloud.expects("the content is refused", Invalid):
        cloud.images.upload(b"half of it", checksum="0" * 32)


@scenario("images.unknown", gate="images", needs=("preflight.endpoints_answer[image]",), cost=0.3)
def test_unknown(cloud: Cloud) -> None:
    """An image that nobody stored is not found."""
    with cloud.expects("the image is not found", NotFound):
        cloud.images.show(cloud.invented_uuid())


@scenario(
    "images.delete",
    gate="images",
    needs=("images.upload",),
    after=("images.download", "images.private", "images.filters", "images.members"),
    cost=0.5,
)
def test_delete(cloud: Cloud) -> None:
    """A deleted image is gone."""
    image = cloud.shared("uploaded")["id"]
    with cloud.step("delete the image"):
        cloud.images.delete(image)
    with cloud.expects("the image is not found any more", NotFound):
        cloud.images.show(image)
