from harness.testing import Cloud, Invalid, NotFound, scenario

ANSWERS = ("preflight.endpoints_answer[compute]",)


@scenario("compute.unknown_image", gate="compute", needs=(*ANSWERS, "compute.flavors"), creates=1, cost=0.3)
def test_unknown_image(cloud: Cloud) -> None:
    """No server is made from an image that nobody stored."""
    with cloud.expects("the image is refused", Invalid, NotFound):
        cloud.compute.create_server(image=cloud.invented_uuid(), flavor=cloud.shared("flavor"))


@scenario("compute.unknown_flavor", gate="compute", needs=(*ANSWERS, "images.described"), creates=1, cost=0.3)
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
