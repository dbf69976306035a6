from harness.testing import Cloud, Conflict, Invalid, NotFound, scenario


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
    with cloud.expects("it cannot be removed again", NotFound):
        cloud.compute.delete_keypair(keypair.name)


@scenario("compute.keypair_import", gate="compute", needs=("preflight.endpoints_answer[compute]",), cost=1.0)
def test_keypair_import(cloud: Cloud) -> None:
    """A public key is brought in and keeps its fingerprint; what is no key is refused."""
    with cloud.step("make a keypair, keep its public half"):
        made = cloud.compute.create_keypair()
        cloud.compute.delete_keypair(made.name)
    with cloud.step("bring the public half in"):
        name = cloud.name("keypair")
        brought = cloud.compute.create_keypair(name, made.public_key)
        same = (brought.fingerprint, brought.public_key.split()[:2])
        wanted = (made.fingerprint, made.public_key.split()[:2])
        cloud.check(
            "it is the same key", same == wanted, expected=made.fingerprint, found=brought.fingerprint
        )
        cloud.check("there is no private half", not brought.private_key)
    with cloud.expects("what is no key is refused", Invalid):
        cloud.compute.create_keypair(public_key="ssh-rsa never")
    with cloud.step("remove it"):
        cloud.compute.delete_keypair(name)
