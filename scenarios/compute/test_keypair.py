from harness.testing import Cloud, Conflict, scenario


@scenario("compute.keypair", gate="compute", needs=("preflight.endpoints_answer[compute]",), cost=1.0)
def test_keypair(cloud: Cloud) -> None:
    """A keypair is made once, listed, and removed."""
    with cloud.step("make a keypair"):
        keypair = cloud.compute.create_keypair()
        cloud.check("it comes with a private key", "PRIVATE KEY" in keypair.private_key)
        cloud.check("it has a fingerprint", bool(keypair.fingerprint))
    with cloud.expects("a second one of the same name is refused", Conflict):
        cloud.compute.create_keypair(keypair.name)
    with cloud.step("list keypairs"):
        listed = [found.name for found in cloud.compute.keypairs()]
        cloud.check("it is listed", keypair.name in listed, expected=keypair.name, found=", ".join(listed))
    with cloud.step("remove it"):
        cloud.compute.delete_keypair(keypair.name)
        listed = [found.name for found in cloud.compute.keypairs()]
        cloud.check("it is gone", keypair.name not in listed, expected="not listed", found=", ".join(listed))
