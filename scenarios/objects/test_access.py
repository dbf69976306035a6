from harness.testing import Cloud, scenario

EVERYBODY = ".r:*,.rlistings"


@scenario(
    "objects.public_read", gate="objects", needs=("preflight.endpoints_answer[object-store]",), cost=0.6
)
def test_public_read(cloud: Cloud) -> None:
    """A container is opened to readers without a token, who may not write; then it is closed again."""
    with cloud.step("store an object in a new container"):
        container = cloud.objects.put_container()
        cloud.objects.put(container, "leaflet", b"for everybody")
    anybody, path = cloud.raw("object-store"), f"/{container}/leaflet"
    with cloud.step("read it without a token"):
        answer = anybody.send("GET", path, token=None)
        cloud.check("it is refused", answer.status == 401, expected="401", found=str(answer.status))
    with cloud.step("open the container, and read again"):
        cloud.objects.set_readers(container, EVERYBODY)
        answer = anybody.send("GET", path, token=None)
        cloud.check("it is read", answer.body == b"for everybody", "200", f"{answer.status} {answer.message}")
    with cloud.step("write without a token"):
        answer = anybody.send("POST", path, token=None, headers={"X-Object-Meta-Spoilt": "yes"})
        cloud.check("it is refused", answer.status == 401, expected="401", found=str(answer.status))
    with cloud.step("close the container, and read again"):
        cloud.objects.set_readers(container, "")
        answer = anybody.send("GET", path, token=None)
        cloud.check("it is refused", answer.status == 401, expected="401", found=str(answer.status))


@scenario(
    "objects.other_tenant_writes",
    gate="objects",
    needs=("objects.container",),
    requires=("second_account",),
    cost=0.4,
)
def test_other_tenant_writes(cloud: Cloud) -> None:
    """Another tenant changes no object, and opens no container."""
    container = cloud.shared("container")
    with cloud.step("store an object"):
        cloud.objects.put(container, "mine", b"mine")
    theirs = cloud.other.raw("object-store", as_tenant=cloud.account.tenant_id)
    with cloud.step("change its metadata as the other tenant"):
        answer = theirs.send("POST", f"/{container}/mine", headers={"X-Object-Meta-Spoilt": "yes"})
        cloud.check("it is forbidden", answer.status == 403, expected="403", found=str(answer.status))
    with cloud.step("open the container as the other tenant"):
        answer = theirs.send("POST", f"/{container}", headers={"X-Container-Read": ".r:*"})
        cloud.check("it is forbidden", answer.status == 403, expected="403", found=str(answer.status))
