"""Credentials of a cloud, read from ``clouds.yaml`` or ``OS_*`` by openstacksdk's own reader."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
    if clouds_file is not None and not clouds_file.is_file():
        raise UsageError(Problem(where=str(clouds_file), message="there is no such clouds file"))
    region = _region(cloud, clouds_file)
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
    if not _is_url(str(found["auth_url"])):
        raise UsageError(
            Problem(
                where=str(clouds_file or "clouds.yaml or OS_*"),
                path=f"clouds.{cloud}.auth.auth_url" if cloud else "OS_AUTH_URL",
                message="not the address of an identity service",
                expected="http://HOST:5000/v2.0",
                found=repr(str(found["auth_url"]))[:100],
            )
        )
    found = {name: str(value) for name, value in found.items()}  # YAML reads a password 123 as a number
    verify = region.config.get("cacert") or bool(region.config.get("verify", True))
    return Credentials(**found, region=region.get_region_name() or "", verify=verify)


def _region(cloud: str | None, clouds_file: Path | None) -> Any:
    """What openstacksdk makes of the files and of ``OS_*``; whatever it stumbles over is a usage error."""
    from openstack import exceptions
    from openstack.config import OpenStackConfig  # 0.3 s: not at import

    names: list[str] = []
    try:
        config = (
            OpenStackConfig(
                config_files=[str(clouds_file)], secure_files=[], vendor_files=[], load_envvars=False
            )
            if clouds_file
            else OpenStackConfig()
        )
        names = sorted(name for name in map(str, config.get_cloud_names()) if name != "defaults")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of openstacksdk that are not used here
            return config.get_one(cloud=cloud or _unnamed(config), validate=False)
    except exceptions.ConfigException as error:
        broken = _not_yaml(clouds_file)
        raise UsageError(broken or _not_found(cloud, clouds_file, names, str(error))) from None
    except (AttributeError, TypeError, ValueError, KeyError, OSError):
        raise UsageError(
            Problem(
                where=str(clouds_file or "clouds.yaml"),
                path=f"clouds.{cloud}" if cloud else "",
                message="not as a clouds file is written",
                expected="clouds: {NAME: {auth: {auth_url, username, password, tenant_name}}}",
            )
        ) from None


def _not_yaml(clouds_file: Path | None) -> Problem | None:
    """The first of the searched files that is no YAML: openstacksdk passes over it."""
    from openstack.config.loader import CONFIG_FILES
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    named = os.environ.get("OS_CLIENT_CONFIG_FILE")
    for name in [str(clouds_file)] if clouds_file else [*([named] if named else []), *CONFIG_FILES]:
        path = Path(name)
        try:
            if path.suffix != ".json" and path.is_file():
                YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        except (YAMLError, UnicodeDecodeError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            where = f"{path}:{mark.line + 1}" if mark else str(path)
            detail = getattr(error, "problem", None) or type(error).__name__
            return Problem(where, f"not YAML: {detail}", hint="no cloud was read from this file")
        except OSError as error:
            return Problem(str(path), f"cannot be read: {error.strerror}")
    return None


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _unnamed(config: Any) -> str | None:
    """``OS_CLOUD``, else what ``OS_*`` spell out; openstacksdk calls that ``envvars``."""
    return os.environ.get("OS_CLOUD") or ("envvars" if "envvars" in config.get_cloud_names() else None)


def _not_found(cloud: str | None, clouds_file: Path | None, names: Sequence[str], detail: str) -> Problem:
    near = get_close_matches(cloud or "", names, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    hint += "name it with `cloud:` in the site or --cloud NAME; `openstack --os-cloud NAME catalog list`"
    return Problem(
        where=str(clouds_file or "clouds.yaml or OS_*"),
        message=f"cloud {cloud!r} was not found" if cloud else "no cloud is named and OS_* is not set",
        expected=f"one of {', '.join(names[:12])}" if names else "",
        found="no cloud at all" if not names else "" if cloud else detail.partition("\n")[0],
        hint=hint + " reads the same files",
    )
