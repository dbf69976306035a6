"""Credentials of a cloud, read from ``clouds.yaml`` or ``OS_*`` by openstacksdk's own reader."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import Problem, UsageError


@dataclass(frozen=True)
class Credentials:
    """One account of a cloud; the password never shows in a ``repr``."""

    auth_url: str
    username: str
    password: str = field(repr=False)
    tenant_name: str
    region: str = ""
    verify: bool | str = True


@dataclass(frozen=True)
class Account(Credentials):
    """Credentials whose tenant's id is known, as a run uses them ("" where it is still to be found out)."""

    tenant_id: str = ""


def read_credentials(cloud: str | None, clouds_file: Path | None = None) -> Credentials:
    """The account that ``cloud`` names in ``clouds.yaml``; without a name, that of ``OS_*`` or ``OS_CLOUD``.

    ``clouds_file`` replaces the files that are searched otherwise (current folder, ~/.config/openstack,
    /etc/openstack). Raises ``UsageError`` that names what is missing and where it was looked for.
    """
    from openstack import exceptions
    from openstack.config import OpenStackConfig  # 0.3 s: not at import

    if clouds_file is not None and not clouds_file.is_file():
        raise UsageError(Problem(where=str(clouds_file), message="there is no such clouds file"))
    try:
        config = (
            OpenStackConfig(
                config_files=[str(clouds_file)], secure_files=[], vendor_files=[], load_envvars=False
            )
            if clouds_file
            else OpenStackConfig()
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of openstacksdk that are not used here
            region = config.get_one(cloud=cloud or _unnamed(config), validate=False)
    except exceptions.ConfigException as error:
        raise UsageError(_not_found(cloud, clouds_file, str(error))) from None
    auth = {**region.config, **region.config.get("auth", {})}  # OS_* stand beside `auth`, not in it
    found: dict[str, Any] = {
        "auth_url": auth.get("auth_url"),
        "username": auth.get("username"),
        "password": auth.get("password"),
        "tenant_name": auth.get("tenant_name") or auth.get("project_name"),
    }
    missing = [name for name, value in found.items() if not value]
    if missing:
        raise UsageError(
            Problem(
                where=str(clouds_file or "clouds.yaml or OS_*"),
                path=f"clouds.{cloud}.auth" if cloud else "",
                message=f"no {', '.join(missing)}",
                expected="auth_url, username, password and tenant_name (or project_name)",
                hint="write them to clouds.yaml, or set OS_AUTH_URL, OS_USERNAME, OS_PASSWORD and so on",
            )
        )
    verify = region.config.get("cacert") or bool(region.config.get("verify", True))
    return Credentials(**found, region=region.get_region_name() or "", verify=verify)


def _unnamed(config: Any) -> str | None:
    """``OS_CLOUD``, else what ``OS_*`` spell out; openstacksdk calls that ``envvars``."""
    return os.environ.get("OS_CLOUD") or ("envvars" if "envvars" in config.get_cloud_names() else None)


def _not_found(cloud: str | None, clouds_file: Path | None, detail: str) -> Problem:
    return Problem(
        where=str(clouds_file or "clouds.yaml or OS_*"),
        message=f"cloud {cloud!r} was not found" if cloud else "no cloud is named and OS_* is not set",
        found=detail.splitlines()[0] if detail else "",
        hint="name it with --cloud NAME; `openstack --os-cloud NAME catalog list` reads the same files",
    )
