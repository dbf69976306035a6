"""The described nodes as machines: reached over SSH, with their host keys checked;
files fetched by SFTP, bounded.

``connection`` says how a node is reached (fabric on paramiko, the one door to hosts), ``node`` what is done
with it, ``commands`` runs one line or one script there, ``shell`` many in one that stays open, ``backend``
testinfra's words on that, ``becoming`` makes root of its user, ``journal`` writes down what was done,
``services`` stops and starts what a node runs, ``opening`` opens a site's nodes for a while. ``guest`` is the
inside of a server, ``ways`` how one gets there, ``fingerprints`` what its console says of its host keys.
"""

from harness.hosts.becoming import Become
from harness.hosts.commands import Asked, Output
from harness.hosts.connection import connect, connect_gateway
from harness.hosts.errors import BecomeRefused, FileMissing, HostError, HostUnreachable, LoginRefused
from harness.hosts.guest import Entry, Guest
from harness.hosts.node import LARGEST_FILE, NO_FILE, DatedFile, Node
from harness.hosts.shell import Ran
from harness.hosts.ways import Direct, NotTaken, Way

__all__ = [
    "LARGEST_FILE",
    "NO_FILE",
    "Asked",
    "Become",
    "BecomeRefused",
    "DatedFile",
    "Direct",
    "Entry",
    "FileMissing",
    "Guest",
    "HostError",
    "HostUnreachable",
    "LoginRefused",
    "Node",
    "NotTaken",
    "Output",
    "Ran",
    "Way",
    "connect",
    "connect_gateway",
]
