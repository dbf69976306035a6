from collections.abc import Mapping
from typing import Any

from harness.testing import Cloud, scenario

ANSWERS = ("preflight.endpoints_answer[object-store]",)
NAMES = ("a", "b", "c", "d", "e")
TREE = ("readme", "photos/cat", "photos/dog", "photos/old/fish", "texts/one")
Listings = tuple[tuple[str, Mapping[str, Any], list[str]], ...]
"""What is listed in words, the query, and the names to be found."""
PAGES: Listings = (
    ("the first two", {"limit": 2}, ["a", "b"]),
    ("two behind b", {"limit": 2, "marker": "b"}, ["c", "d"]),
    ("what is behind d", {"marker": "d"}, ["e"]),
    ("what is before c", {"end_marker": "c"}, ["a", "b"]),
)
FOLDERS: Listings = (
    ("all names below photos/", {"prefix": "photos/"}, ["photos/cat", "photos/dog", "photos/old/fish"]),
    ("the uppermost names", {"delimiter": "/"}, ["photos/", "readme", "texts/"]),
    (
        "names and folders in photos/",
        {"prefix": "photos/", "delimiter": "/"},
        ["photos/cat", "photos/dog", "photos/old/"],
    ),
    ("names in the path photos", {"path": "photos"}, ["photos/cat", "photos/dog"]),
)
WORLDLY = "Grüße/雪だるま ☃?&#.txt"


def _filled(cloud: Cloud, names: tuple[str, ...]) -> str:
    """A container of its own with small objects of these names."""
    with cloud.step(f"store {len(names)} objects in a new container"):
        container = cloud.objects.put_container()
        for name in names:
            cloud.objects.put(container, name, b"x")
    return container


def _list(cloud: Cloud, container: str, listings: Listings) -> None:
    for what, query, expected in listings:
        with cloud.step(f"list {what}"):
            found = cloud.objects.names(container, **query)
            cloud.check("these are listed", found == expected, str(expected), str(found))


@scenario("objects.pages", gate="objects", needs=ANSWERS, cost=0.7)
def test_pages(cloud: Cloud) -> None:
    """A listing that is asked for in pages shows each object once, in order, between its markers."""
    container = _filled(cloud, NAMES)
    _list(cloud, container, PAGES)


@scenario("objects.folders", gate="objects", needs=ANSWERS, cost=0.7)
def test_folders(cloud: Cloud) -> None:
    """Names with slashes are listed as folders: by prefix, by delimiter, by path."""
    container = _filled(cloud, TREE)
    _list(cloud, container, FOLDERS)


@scenario("objects.worldly_names", gate="objects", needs=ANSWERS, cost=0.5)
def test_worldly_names(cloud: Cloud) -> None:
    """An object whose name is in many scripts is stored, listed, read and removed."""
    container, content = _filled(cloud, ()), cloud.random_bytes(100)
    with cloud.step("store it"):
        cloud.objects.put(container, WORLDLY, content)
    with cloud.step("list the container"):
        found = cloud.objects.names(container)
        cloud.check("it is listed under its name", found == [WORLDLY], str([WORLDLY]), str(found))
    with cloud.step("read it back, then remove it"):
        same = cloud.objects.get(container, WORLDLY) == content
        cloud.check("the content is unchanged", same, expected="the same 100 bytes", found="others")
        cloud.objects.delete(container, WORLDLY)
