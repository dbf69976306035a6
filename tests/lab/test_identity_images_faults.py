"""Each fault of identity and images does what its story says, to nothing else, and can be undone."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime

import pytest

from harness.lab.faults import faults
from tests.lab import symptoms
from tests.lab.apis import Apis


def has_wrong_port(cloud: Apis) -> bool:
    entries = cloud.login(tenantName="one").json()["access"]["serviceCatalog"]
    ends = [entry["endpoints"][0] for entry in entries if entry["type"] not in ("image", "volume")]
    return any(end["internalURL"].split("/")[2] != end["publicURL"].split("/")[2] for end in ends)


def revokes_nothing(cloud: Apis) -> bool:
    token = cloud.login(tenantName="one").json()["access"]["token"]["id"]
    assert cloud.admin("DELETE", f"/tokens/{token}").status_code == 204
    return cloud.admin("GET", f"/tokens/{token}").status_code == 200


def corrupts(cloud: Apis) -> bool:
    image = cloud.upload(b"bytes").json()["image"]["id"]
    return cloud.images("GET", f"/images/{image}").content != b"bytes"


def states_wrong_checksum(cloud: Apis) -> bool:
    made = cloud.upload(b"bytes").json()["image"]
    head = cloud.images("HEAD", f"/images/{made['id']}").headers
    listed = next(
        row for row in cloud.images("GET", "/images/detail").json()["images"] if row["id"] == made["id"]
    )
    wrong = {made["checksum"], head["etag"], head["x-image-meta-checksum"]}
    return wrong == {"0" * 32} != {listed["checksum"]}


def shows_to_others(cloud: Apis) -> bool:
    image = cloud.upload().json()["image"]["id"]
    assert image not in cloud.images("GET", "/images", who="two").text
    return cloud.images("HEAD", f"/images/{image}", who="two").status_code == 200


def finds_the_deleted(cloud: Apis) -> bool:
    image = cloud.upload().json()["image"]["id"]
    assert cloud.images("DELETE", f"/images/{image}").status_code == 200
    assert image not in cloud.images("GET", "/images").text
    return cloud.images("HEAD", f"/images/{image}").status_code == 200


def is_ahead(cloud: Apis) -> bool:
    dates = [cloud.call(app, "GET", "/").headers["date"] for app in ("glance", "nova")]
    glance, nova = map(parsedate_to_datetime, dates)
    return (glance - nova).total_seconds() > 60


def lifetime(cloud: Apis) -> bool:
    token = cloud.world.token(cloud.login(tenantName="one").json()["access"]["token"]["id"])
    described = cloud.arch.model.identity.token_lifetime
    return token is not None and (token.expires - cloud.world.clock.now()).total_seconds() < described * 0.9


SYMPTOMS: dict[str, Callable[[Apis], bool]] = {
    "identity.token_short_lived": lifetime,
    "identity.catalogue_wrong_port": has_wrong_port,
    "identity.password_ignored": lambda c: c.login("one", "wrong", tenantName="one").status_code == 200,
    "identity.anyone_welcome": lambda c: c.login("nobody", "x", tenantName="one").status_code == 200,
    "identity.foreign_tenant_token": lambda c: c.login("one", tenantName="two").status_code == 200,
    "identity.revocation_ignored": revokes_nothing,
    "identity.token_unchecked": lambda c: c.admin("GET", "/tokens/nosuch").status_code == 200,
    "identity.no_token_needed": lambda c: c.public("GET", "/tenants").status_code == 200,
    "identity.any_token_taken": lambda c: c.public("GET", "/tenants", token="x").status_code == 200,
    "identity.extension_missing": lambda c: not c.admin("GET", "/extensions").json()["extensions"]["values"],
    "images.clock_ahead": is_ahead,
    "images.image_missing": lambda c: (
        len(c.images("GET", "/images").json()["images"]) < len(c.arch.model.images)
    ),
    "images.wrong_checksum": states_wrong_checksum,
    "images.download_corrupted": corrupts,
    "images.bad_format_accepted": lambda c: c.upload(disk_format="floppy").status_code == 201,
    "images.private_visible": shows_to_others,
    "images.unknown_found": lambda c: c.images("HEAD", "/images/nosuch").status_code == 200,
    "images.deleted_still_found": finds_the_deleted,
    "images.no_token_needed": lambda c: c.images("GET", "/images", who=None).status_code == 200,
    "images.any_token_taken": lambda c: c.images("GET", "/images", who=None, token="x").status_code == 200,
} | symptoms.SYMPTOMS
DEAD = ("identity.dead", "images.dead")


@pytest.mark.parametrize("name", SYMPTOMS)
def test_a_fault_shows_while_it_is_on_and_not_after(name: str) -> None:
    cloud, symptom = Apis(), SYMPTOMS[name]
    assert not symptom(cloud)
    with cloud.toggles.broken(name):
        assert symptom(cloud)
    assert not symptom(cloud)


@pytest.mark.parametrize("name", SYMPTOMS)
def test_a_fault_shows_no_symptom_of_another(name: str) -> None:
    """Save where one fact is the symptom of two: found although deleted, and found although unknown."""
    alike = {"images.unknown_found": {"images.deleted_still_found", "images.private_visible"}}
    alike |= {"identity.token_unchecked": {"identity.revocation_ignored"}}
    alike |= {"identity.password_ignored": {"identity.old_password_kept"}}
    cloud = Apis()
    with cloud.toggles.broken(name):
        shown = {other for other, symptom in SYMPTOMS.items() if symptom(cloud)}
    assert shown == {name} | alike.get(name, set())


def test_every_fault_of_these_services_is_tried_here() -> None:
    ours = {name for name in faults() if name.startswith(("identity.", "images."))}
    assert ours == {*SYMPTOMS, *DEAD}


def test_a_foreign_token_leaves_no_membership_behind() -> None:
    cloud = Apis()
    before = dict(cloud.world.grants)
    with cloud.toggles.broken("identity.foreign_tenant_token"):
        assert cloud.login("one", "wrong", tenantName="two").status_code == 401
        assert cloud.login("one", tenantName="two").status_code == 200
    assert cloud.world.grants == before


def test_services_still_refuse_what_an_administrator_is_told_is_valid() -> None:
    cloud = Apis()
    with cloud.toggles.broken("identity.token_unchecked"):
        assert cloud.images("GET", "/images", who=None, token="x").status_code == 401


@pytest.mark.parametrize("name", DEAD)
def test_a_dead_service_resets_connections(name: str) -> None:
    cloud = Apis()
    app = "keystone" if name == "identity.dead" else "glance"
    with cloud.toggles.broken(name), pytest.raises(ConnectionResetError):
        cloud.call(app, "GET", "/")
    assert cloud.call(app, "GET", "/").status_code == 300
