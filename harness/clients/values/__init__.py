"""What services answer with, in the stories' words: frozen, and free of any client library's types.

One file a service. Sizes keep the service's own unit, named in each docstring. Secrets never show in a
``repr``.
"""

from __future__ import annotations

from harness.clients.values.common import Extension, Version
from harness.clients.values.compute import (
    Aggregate,
    ComputeHost,
    Fault,
    Flavor,
    HostCapacity,
    HostShare,
    Keypair,
    Limits,
    QuotaSet,
    RateLimit,
    Screen,
    Server,
    ServerUse,
    Usage,
)
from harness.clients.values.identity import (
    CatalogueEntry,
    EC2Credentials,
    EndpointTemplate,
    Role,
    ServiceEntry,
    Tenant,
    Token,
    User,
)
from harness.clients.values.images import Image
from harness.clients.values.network import FixedNetwork, FloatingAddress, GroupRule, SecurityGroup
from harness.clients.values.objects import AccountUsage, Container, StoredObject
from harness.clients.values.volumes import Attachment, Snapshot, Volume

__all__ = [
    "AccountUsage",
    "Aggregate",
    "Attachment",
    "CatalogueEntry",
    "ComputeHost",
    "Container",
    "EC2Credentials",
    "EndpointTemplate",
    "Extension",
    "Fault",
    "FixedNetwork",
    "Flavor",
    "FloatingAddress",
    "GroupRule",
    "HostCapacity",
    "HostShare",
    "Image",
    "Keypair",
    "Limits",
    "QuotaSet",
    "RateLimit",
    "Role",
    "Screen",
    "SecurityGroup",
    "Server",
    "ServerUse",
    "ServiceEntry",
    "Snapshot",
    "StoredObject",
    "Tenant",
    "Token",
    "Usage",
    "User",
    "Version",
    "Volume",
]
