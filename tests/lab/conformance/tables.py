"""The fixed tables of the replay: which recording belongs to which service,
who held its tokens, what is left out.
"""

from __future__ import annotations

SERVICE_OF_FILE = {
    "keystone.jsonl": "keystone",
    "keystone-templated.jsonl": "keystone",
    "glance.jsonl": "glance",
    "nova.jsonl": "nova",
    "nova-ratelimit.jsonl": "nova",
    "volume.jsonl": "nova-volume",
    "accept.jsonl": "errors of all services",
    "swift.jsonl": "swift",
    "swift-tempauth.jsonl": "swift",
    "swift-account-delete.jsonl": "swift",
    "ec2.jsonl": "ec2",
    "failures.jsonl": "services while others are dead",
    "failures-network_down.jsonl": "services while others are dead",
}

UNANSWERED = {
    "ec2.jsonl": "the lab has no EC2 API: no story or client makes these calls",
    "failures.jsonl": "the replay stops no service; what a dead one does is held by the faults",
    "failures-network_down.jsonl": "the lab has no network service that could be stopped",
    "swift-tempauth.jsonl": "the lab's object storage asks keystone, never tempauth",
}
"""Recordings that are not replayed, each with its reason: every shape of theirs is a miss."""

IN_PROCESS = (
    "keystone.jsonl",
    "keystone-templated.jsonl",
    "glance.jsonl",
    "nova.jsonl",
    "nova-ratelimit.jsonl",
    "volume.jsonl",
    "accept.jsonl",
)
"""Recordings that can be replayed without starting anything; swift's need the running lab."""

COMPONENT_OF_PORT = {
    5000: "keystone",
    5001: "keystone",
    35357: "keystone-admin",
    35358: "keystone-admin",
    8774: "nova",
    8784: "nova",
    8776: "nova-volume",
    9292: "glance",
    9191: "glance-registry",
    8080: "swift",
}

TOKEN_HOLDERS = {
    "glance.jsonl": ("demo", "alt"),
    "nova.jsonl": ("demo", "admin", "alt"),
    "nova-ratelimit.jsonl": ("demo",),
    "volume.jsonl": ("demo", "admin", "alt"),
    "accept.jsonl": ("demo",),
    "swift.jsonl": ("demo", "alt", "admin"),
}
"""File → whose tokens it uses without showing how they were issued, in order of first appearance."""

EXCLUDED: dict[tuple[str, int], str] = {}
"""(file, sequence number) → reason: artefacts that the recordings' README names, and nothing else."""

FIXED_ORDER = ("nova-ratelimit.jsonl",)
"""Recordings whose every exchange counts (rate limits): never shuffled."""

FIXED_CASES = frozenset({"expired-get"})
"""Cases before which time has to pass: their neighbours stay on their side of them."""

KEPT_NAMES = frozenset({"default", "nova", "", "private", "public"})
"""Names that mean something to Essex itself and are therefore not changed by a seed."""
