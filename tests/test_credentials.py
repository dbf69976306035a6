"""Credentials come from clouds.yaml and OS_*, as every OpenStack client reads them."""

from pathlib import Path

import pytest

from harness.credentials import read_credentials
from harness.errors import UsageError


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No clouds.yaml of this machine and no OS_* of this shell."""
    for name in (
        "OS_CLOUD",
        "OS_AUTH_URL",
        "OS_USERNAME",
        "OS_PASSWORD",
        "OS_TENANT_NAME",
        "OS_PROJECT_NAME",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)


def clouds(folder: Path, **auth: str) -> Path:
    path = folder / "my-clouds.yaml"
    rows = "".join(f"\n      {key}: {value}" for key, value in auth.items())
    path.write_text(f"clouds:\n  rack7:\n    region_name: North\n    auth:{rows}\n")
    return path


GOOD = {"auth_url": "http://10.0.0.1:5000/v2.0", "username": "ops", "password": "secret"}


@pytest.mark.parametrize("word", ["tenant_name", "project_name"])
def test_a_named_cloud_is_read_from_the_named_file(tmp_path: Path, word: str) -> None:
    found = read_credentials("rack7", clouds(tmp_path, **GOOD, **{word: "demo"}))
    assert (found.username, found.password, found.tenant_name, found.region) == (
        "ops",
        "secret",
        "demo",
        "North",
    )
    assert found.auth_url == "http://10.0.0.1:5000/v2.0"


def test_without_a_name_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("AUTH_URL", "http://x:5000/v2.0"),
        ("USERNAME", "u"),
        ("PASSWORD", "p"),
        ("TENANT_NAME", "t"),
    ):
        monkeypatch.setenv(f"OS_{name}", value)
    assert read_credentials(None).tenant_name == "t"


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"clouds\.rack7\.auth: no password, tenant_name"):
        read_credentials("rack7", clouds(tmp_path, auth_url="http://x", username="u"))


def test_an_unknown_cloud_is_named_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"my-clouds\.yaml: cloud 'rack8' was not found"):
        read_credentials("rack8", clouds(tmp_path, **GOOD, tenant_name="demo"))


def test_nothing_at_all_says_how_to_name_a_cloud() -> None:
    with pytest.raises(UsageError, match="OS_AUTH_URL"):
        read_credentials(None)
