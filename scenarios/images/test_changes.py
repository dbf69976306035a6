from hashlib import md5

from harness.testing import Cloud, NotFound, Refused, scenario

IMAGES = ("preflight.endpoints_answer[image]",)
AMAZON = ("aki", "ari", "ami")


@scenario("images.queued", gate="images", needs=IMAGES, cost=0.5)
def test_queued(cloud: Cloud) -> None:
    """An image registered without content is queued and cannot be read, until its content comes."""
    content = cloud.random_bytes(4096)
    with cloud.step("register an image without content"):
        image = cloud.images.reserve()
        cloud.check("it is queued", image.status == "queued", expected="queued", found=image.status)
    with cloud.expects("there is nothing to read", NotFound):
        cloud.images.download(image.id)
    with cloud.step("store its content"):
        image = cloud.images.store(image.id, content)
        cloud.check("it is active", image.status == "active", expected="active", found=image.status)
        checksum = md5(content, usedforsecurity=False).hexdigest()
        cloud.check("its checksum is right", image.checksum == checksum, checksum, image.checksum)


@scenario("images.update", gate="images", needs=IMAGES, cost=0.5)
def test_update(cloud: Cloud) -> None:
    """Name, least disk and properties of an image are changed; what is not named stays, or goes if asked."""
    with cloud.step("register an image with a property"):
        image, name = cloud.images.reserve(properties={"first": "1"}), cloud.name("image")
    with cloud.step("rename it, and add a property"):
        cloud.images.update(image.id, name=name, min_disk=3, min_ram=64, properties={"second": "2"})
        seen = cloud.images.show(image.id)
        cloud.check("the name is new", seen.name == name, expected=name, found=seen.name)
        cloud.check("the smallest disk is new", seen.min_disk == 3, expected="3 GB", found=str(seen.min_disk))
        cloud.check("the least memory is new", seen.min_ram == 64, expected="64 MB", found=str(seen.min_ram))
        both = {"first": "1", "second": "2"}
        cloud.check("both properties are there", dict(seen.properties) == both, both, dict(seen.properties))
    with cloud.step("set the properties anew"):
        cloud.images.update(image.id, properties={"third": "3"}, keep=False)
        found = dict(cloud.images.show(image.id).properties)
        cloud.check("only the new one is there", found == {"third": "3"}, {"third": "3"}, found)


@scenario("images.protected", gate="images", needs=IMAGES, cost=0.5)
def test_protected(cloud: Cloud) -> None:
    """A protected image is not deleted before its protection is taken away."""
    with cloud.step("store a protected image"):
        image = cloud.images.upload(b"keep me", protected=True)
        cloud.check("it is protected", image.protected, expected="protected", found="not protected")
    with cloud.expects("its deletion is refused", Refused):
        cloud.images.delete(image.id)
    with cloud.step("take the protection away and delete it"):
        cloud.images.update(image.id, protected=False)
        cloud.images.delete(image.id)


@scenario("images.amazon_trio", gate="images", needs=IMAGES, cost=0.7)
def test_amazon_trio(cloud: Cloud) -> None:
    """A kernel, a ramdisk and the image that names both are stored, and the links are kept."""
    with cloud.step("store a kernel and a ramdisk"):
        kernel, ramdisk = (
            cloud.images.upload(kind.encode(), disk_format=kind, container_format=kind) for kind in AMAZON[:2]
        )
    with cloud.step("store an image that names them"):
        links = {"kernel_id": kernel.id, "ramdisk_id": ramdisk.id}
        image = cloud.images.upload(b"ami", disk_format="ami", container_format="ami", properties=links)
    with cloud.step("look at all three"):
        for kind, id in zip(AMAZON, (kernel.id, ramdisk.id, image.id), strict=True):
            seen = cloud.images.show(id)
            formats = {seen.disk_format, seen.container_format}
            cloud.check(f"it is an {kind}", formats == {kind}, kind, ", ".join(map(str, formats)))
            cloud.check("it is active", seen.status == "active", expected="active", found=seen.status)
        found = {name: cloud.images.show(image.id).properties.get(name) for name in links}
        cloud.check("it names its kernel and ramdisk", found == links, links, found)


@scenario(
    "images.members",
    gate="images",
    needs=("images.upload",),
    after=("images.private",),
    requires=("second_account",),
    cost=0.7,
)
def test_members(cloud: Cloud) -> None:
    """A private image that is shared with a tenant is seen there, and not changed; later it is no more."""
    uploaded, theirs = cloud.shared("uploaded"), cloud.other.account.tenant_id
    with cloud.step("share the image with the other tenant"):
        cloud.images.share(uploaded["id"], theirs)
        members = cloud.images.members(uploaded["id"])
        cloud.check("the other tenant is a member", theirs in members, theirs, ", ".join(members))
    with cloud.step("read it as the other tenant"):
        found = md5(cloud.other.images.download(uploaded["id"]), usedforsecurity=False).hexdigest()
        cloud.check("the content is the same", found == uploaded["md5"], uploaded["md5"], found)
    with cloud.expects("the other tenant cannot delete it", Refused):
        cloud.other.images.delete(uploaded["id"])
    with cloud.step("share it no more"):
        cloud.images.unshare(uploaded["id"], theirs)
    with cloud.expects("the other tenant does not find it any more", NotFound):
        cloud.other.images.show(uploaded["id"])
