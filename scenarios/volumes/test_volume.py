from harness.testing import Cloud, NotFound, scenario

ANSWERS = ("preflight.endpoints_answer[volume]",)


@scenario(
    "volumes.described", gate="volumes", needs=ANSWERS, owns=("volumes.types", "volumes.extensions"), cost=0.3
)
def test_described(cloud: Cloud) -> None:
    """The volume types are the described ones, and the described extensions are loaded."""
    with cloud.step("list volume types"):
        cloud.observe(("volumes", "types"), sorted(cloud.volumes.types()))
    with cloud.step("list extensions"):
        cloud.observe(("volumes", "extensions"), sorted(found.alias for found in cloud.volumes.extensions()))


@scenario("volumes.create", gate="volumes", needs=ANSWERS, owns=("objectives.volume",), cost=2.0)
def test_create(cloud: Cloud) -> None:
    """A volume of 1 GB becomes available within the objective."""
    with cloud.step("ask for a volume"), cloud.timed("volume"):
        asked = cloud.volumes.create(1)
        volume = cloud.wait(
            "the volume is available",
            lambda: cloud.volumes.show(asked.id),
            goal=lambda seen: seen.status == "available",
            fail_on=lambda seen: seen.status.startswith("error"),
            state=lambda seen: seen.status,
            limit=cloud.patience("volume"),
        )
        cloud.share("volume", volume.id)
    cloud.check(
        "it has the size that was asked for", volume.size == 1, expected="1 GB", found=f"{volume.size} GB"
    )


@scenario("volumes.show", gate="volumes", needs=("volumes.create",), cost=0.3)
def test_show(cloud: Cloud) -> None:
    """The volume is listed."""
    volume = cloud.shared("volume")
    with cloud.step("list volumes"):
        listed = {found.id: found for found in cloud.volumes.list()}
        cloud.check("it is listed", volume in listed, expected=volume, found=", ".join(listed))
        cloud.check("nothing is attached to it", not listed[volume].servers, expected="no attachment")


@scenario(
    "volumes.other_tenant", gate="volumes", needs=("volumes.create",), requires=("second_account",), cost=0.5
)
def test_other_tenant(cloud: Cloud) -> None:
    """Another tenant neither sees nor deletes the volume."""
    volume = cloud.shared("volume")
    with cloud.expects("another tenant does not find it", NotFound):
        cloud.other.volumes.show(volume)
    with cloud.step("list volumes as the other tenant"):
        listed = [found.id for found in cloud.other.volumes.list()]
        cloud.check("it is not listed", volume not in listed, expected="not listed", found=volume)
    with cloud.expects("another tenant cannot delete it", NotFound):
        cloud.other.volumes.delete(volume)


@scenario("volumes.unknown", gate="volumes", needs=ANSWERS, cost=0.3)
def test_unknown(cloud: Cloud) -> None:
    """A volume that nobody made is not found."""
    with cloud.expects("the volume is not found", NotFound):
        cloud.volumes.show("999999999")


@scenario(
    "volumes.delete",
    gate="volumes",
    needs=("volumes.create",),
    after=("volumes.show", "volumes.other_tenant"),
    cost=1.0,
)
def test_delete(cloud: Cloud) -> None:
    """A deleted volume is gone."""
    volume = cloud.shared("volume")
    with cloud.step("delete the volume"):
        cloud.volumes.delete(volume)
        cloud.wait_gone(
            "the volume is gone", lambda: cloud.volumes.show(volume), limit=cloud.patience("volume")
        )
