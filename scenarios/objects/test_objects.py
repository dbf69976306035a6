from hashlib import md5

from harness.testing import Cloud, Conflict, Invalid, NotFound, scenario


@scenario("objects.container", gate="objects", needs=("preflight.endpoints_answer[object-store]",), cost=0.5)
def test_container(cloud: Cloud) -> None:
    """A container is made and listed."""
    with cloud.step("make a container"):
        container = cloud.objects.put_container()
    with cloud.step("list containers"):
        listed = [found.name for found in cloud.objects.containers()]
        cloud.check("it is listed", container in listed, expected=container, found=", ".join(listed))
    cloud.share("container", container)


@scenario(
    "objects.put_get", gate="objects", needs=("objects.container",), owns=("objectives.object",), cost=0.5
)
def test_put_get(cloud: Cloud) -> None:
    """An object is stored and read back, byte by byte."""
    with cloud.step("make a container for it alone"):
        container, content = cloud.objects.put_container(), cloud.random_bytes(64 * 1024)
    checksum = md5(content, usedforsecurity=False).hexdigest()
    with cloud.step("store 64 KiB"), cloud.timed("object"):
        stored = cloud.objects.put(container, "story", content, metadata={"chapter": "one"})
        cloud.check("the ETag is the MD5 of the content", stored.etag == checksum, checksum, stored.etag)
        cloud.share("object", {"container": container, "name": "story", "md5": checksum})
    with cloud.step("read it back"):
        found = md5(cloud.objects.get(container, "story"), usedforsecurity=False).hexdigest()
        cloud.check("the content is unchanged", found == checksum, expected=checksum, found=found)
    with cloud.step("look at its metadata"):
        head = cloud.objects.head(container, "story")
        cloud.check("the length is right", head.bytes == len(content), str(len(content)), str(head.bytes))
        chapter = head.metadata.get("chapter", "")
        cloud.check("its metadata are kept", chapter == "one", expected="one", found=chapter)


@scenario("objects.listing", gate="objects", needs=("objects.put_get",), cost=0.5)
def test_listing(cloud: Cloud) -> None:
    """The container lists the object with its size and checksum."""
    stored = cloud.shared("object")
    with cloud.step("list the container"):
        listed = cloud.wait(
            "the object is listed",
            lambda: {found.name: found for found in cloud.objects.list(stored["container"])},
            goal=lambda seen: stored["name"] in seen,
            state=lambda seen: f"{len(seen)} objects",
            limit=cloud.patience("object"),
        )
        etag = listed[stored["name"]].etag
        cloud.check("with its checksum", etag == stored["md5"], expected=stored["md5"], found=etag)


@scenario("objects.bad_etag", gate="objects", needs=("objects.container",), cost=0.3)
def test_bad_etag(cloud: Cloud) -> None:
    """Content that does not fit its announced checksum is refused."""
    with cloud.expects("the content is refused", Invalid):
        cloud.objects.put(cloud.shared("container"), "torn", b"half of it", etag="0" * 32)


@scenario(
    "objects.other_tenant", gate="objects", needs=("objects.put_get",), requires=("second_account",), cost=0.5
)
def test_other_tenant(cloud: Cloud) -> None:
    """Another tenant can read neither the account nor the object."""
    stored = cloud.shared("object")
    theirs = cloud.other.raw("object-store", as_tenant=cloud.account.tenant_id)
    for what, path in (("account", ""), ("object", f"/{stored['container']}/{stored['name']}")):
        with cloud.step(f"read the {what} as the other tenant"):
            answer = theirs.send("GET", path)
            cloud.check("it is forbidden", answer.status == 403, expected="403", found=str(answer.status))


@scenario("objects.delete_nonempty", gate="objects", needs=("objects.put_get",), cost=0.3)
def test_delete_nonempty(cloud: Cloud) -> None:
    """A container that holds an object is not deleted."""
    with cloud.expects("the container is kept", Conflict):
        cloud.objects.delete_container(cloud.shared("object")["container"])


@scenario(
    "objects.delete",
    gate="objects",
    needs=("objects.put_get",),
    after=("objects.listing", "objects.bad_etag", "objects.other_tenant", "objects.delete_nonempty"),
    cost=0.5,
)
def test_delete(cloud: Cloud) -> None:
    """A deleted object is gone."""
    stored = cloud.shared("object")
    with cloud.step("delete the object"):
        cloud.objects.delete(stored["container"], stored["name"])
    with cloud.expects("the object is not found any more", NotFound):
        cloud.objects.get(stored["container"], stored["name"])
