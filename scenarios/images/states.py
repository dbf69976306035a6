"""The wait that stories of images, and of servers that images are made of, have in common."""

from harness.testing import Cloud, Image


def wait_active(cloud: Cloud, image: str, objective: str = "image") -> Image:
    """Until an image (by id) can be used; ``objective`` is the one that the wait's limit comes from."""
    return cloud.wait(
        "the image is active",
        lambda: cloud.images.show(image),
        goal="active",
        fail_on=("killed", "deleted"),
        limit=cloud.patience(objective),
    )
