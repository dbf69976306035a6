from hashlib import md5

from harness.testing import Cloud, Invalid, NotFound, scenario

LARGE = 8 * 1024 * 1024
"""Bytes of the large object: enough for many chunks, and bearable over a slow line."""
TEN = b"0123456789"


@scenario("objects.zero_byte", gate="objects", needs=("objects.container",), cost=0.3)
def test_zero_byte(cloud: Cloud) -> None:
    """An object of no bytes is stored, and read back as such."""
    container = cloud.shared("container")
    with cloud.step("store nothing"):
        cloud.objects.put(container, "nothing", b"")
    with cloud.step("read it back"):
        found = cloud.objects.get(container, "nothing")
        cloud.check("it is empty", found == b"", expected="0 bytes", found=f"{len(found)} bytes")


@scenario("objects.chunked", gate="objects", needs=("objects.container",), cost=0.4)
def test_chunked(cloud: Cloud) -> None:
    """An object is stored of which nobody said how long it is."""
    container, content = cloud.shared("container"), cloud.random_bytes(150_000)
    with cloud.step("store it in chunks"):
        cloud.objects.put(container, "chunks", content, chunked=True)
    with cloud.step("read it back"):
        _same(cloud, content, cloud.objects.get(container, "chunks"))


@scenario("objects.no_length", gate="objects", needs=("objects.container",), cost=0.3)
def test_no_length(cloud: Cloud) -> None:
    """An upload that says neither its length nor that it comes in chunks is refused."""
    container = cloud.shared("container")
    with cloud.step("send a request that says nothing of its length"):
        path = f"/{container}/no-length"
        answer = cloud.raw("object-store").send("PUT", path, sized=False)
        cloud.check("a length is required", answer.status == 411, expected="411", found=str(answer.status))


@scenario("objects.large", gate="objects", needs=("objects.container",), cost=1.5)
def test_large(cloud: Cloud) -> None:
    """A large object is read back byte by byte."""
    container, content = cloud.shared("container"), cloud.random_bytes(LARGE)
    with cloud.step("store 8 MiB"):
        checksum = md5(content, usedforsecurity=False).hexdigest()
        etag = cloud.objects.put(container, "large", content).etag
        cloud.check("the ETag is the MD5 of the content", etag == checksum, checksum, etag)
    with cloud.step("read it back"):
        _same(cloud, content, cloud.objects.get(container, "large"))


@scenario("objects.ranges", gate="objects", needs=("objects.container",), cost=0.4)
def test_ranges(cloud: Cloud) -> None:
    """Parts of an object are read: its beginning, its middle, its end; none is beyond it."""
    container = cloud.shared("container")
    with cloud.step("store ten bytes"):
        cloud.objects.put(container, "ten", TEN)
    for span, expected in (("0-3", TEN[:4]), ("4-6", TEN[4:7]), ("7-", TEN[7:]), ("-2", TEN[-2:])):
        with cloud.step(f"read bytes {span}"):
            answer = cloud.raw("object-store").send(
                "GET", f"/{container}/ten", headers={"Range": f"bytes={span}"}
            )
            cloud.check("it is a part", answer.status == 206, expected="206", found=str(answer.status))
            cloud.check("it is the right one", answer.body == expected, repr(expected), repr(answer.body))
    with cloud.step("ask for bytes beyond the end"):
        answer = cloud.raw("object-store").send(
            "GET", f"/{container}/ten", headers={"Range": "bytes=100-200"}
        )
        cloud.check("there are none", answer.status == 416, expected="416", found=str(answer.status))


@scenario("objects.conditions", gate="objects", needs=("objects.container",), cost=0.5)
def test_conditions(cloud: Cloud) -> None:
    """An object is given only where the conditions of the request hold."""
    container = cloud.shared("container")
    with cloud.step("store an object"):
        etag = cloud.objects.put(container, "condition", TEN).etag
    for name, value, status in (
        ("If-Match", etag, 200),
        ("If-Match", "0" * 32, 412),
        ("If-None-Match", etag, 304),
        ("If-None-Match", "0" * 32, 200),
        ("If-Modified-Since", "Fri, 01 Jan 2038 00:00:00 GMT", 304),
        ("If-Unmodified-Since", "Fri, 01 Jan 2010 00:00:00 GMT", 412),
    ):
        with cloud.step(f"read it with {name}: {value}"):
            answer = cloud.raw("object-store").send("GET", f"/{container}/condition", headers={name: value})
            cloud.check("it is answered so", answer.status == status, str(status), str(answer.status))


@scenario("objects.manifest", gate="objects", needs=("objects.container",), cost=0.6)
def test_manifest(cloud: Cloud) -> None:
    """Segments are read as one object, in order, and as a part of it across their border."""
    container = cloud.shared("container")
    first, second = cloud.random_bytes(20_000), cloud.random_bytes(20_000)
    with cloud.step("store two segments, the second first"):
        cloud.objects.put(container, "parts/2", second)
        cloud.objects.put(container, "parts/1", first)
    with cloud.step("join them, and read the whole"):
        cloud.objects.put_manifest(container, "joined", f"{container}/parts/")
        _same(cloud, first + second, cloud.objects.get(container, "joined"))
    with cloud.step("look at its length"):
        length = cloud.objects.head(container, "joined").bytes
        cloud.check("it is that of both", length == 40_000, expected="40000", found=str(length))
    with cloud.step("read ten bytes across the border"):
        answer = cloud.raw("object-store").send(
            "GET", f"/{container}/joined", headers={"Range": "bytes=19995-20004"}
        )
        _same(cloud, first[-5:] + second[:5], answer.body)


@scenario("objects.expiry", gate="objects", needs=("objects.container",), cost=1.8)
def test_expiry(cloud: Cloud) -> None:
    """An object that is to live for a second is gone after that; none is stored whose time is over."""
    container = cloud.shared("container")
    with cloud.step("store an object for one second"):
        cloud.objects.put(container, "short-lived", b"carpe diem", expires_after=1)
    with cloud.step("wait until it is gone"):
        cloud.wait_gone(
            "the object is gone",
            lambda: cloud.objects.head(container, "short-lived"),
            limit=1 + cloud.patience("object"),
        )
    with cloud.step("remove what listings show of it until the expirer has passed"):
        _forget(cloud, container, "short-lived")
    with cloud.step("store one whose time is over"):
        answer = cloud.raw("object-store").send(
            "PUT", f"/{container}/too-late", body=b"", headers={"X-Delete-At": "1"}
        )
        cloud.check("it is refused", answer.status == 400, expected="400", found=str(answer.status))


def _forget(cloud: Cloud, container: str, name: str) -> None:
    """Swift of Essex deletes an expired object with 204, today's with 404; both take it off the listing."""
    try:
        cloud.objects.delete(container, name)
    except NotFound:
        return


@scenario("objects.bad_manifest", gate="objects", needs=("objects.container",), cost=0.3)
def test_bad_manifest(cloud: Cloud) -> None:
    """A manifest that does not say which container its segments are in is refused."""
    with cloud.expects("the manifest is refused", Invalid):
        cloud.objects.put_manifest(cloud.shared("container"), "nowhere", "no-prefix")


def _same(cloud: Cloud, content: bytes, found: bytes) -> None:
    sums = [md5(each, usedforsecurity=False).hexdigest() for each in (content, found)]
    told = [f"{sum} of {len(each)} bytes" for sum, each in zip(sums, (content, found), strict=True)]
    cloud.check("the content is unchanged", sums[0] == sums[1], expected=told[0], found=told[1])
