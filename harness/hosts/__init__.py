"""The described nodes as machines: reached over SSH, with their host keys checked;
files fetched by SFTP, bounded.

``connection`` says how a node is reached (fabric on paramiko, the one door to hosts), ``node`` what is done
with it.
"""

from harness.hosts.connection import connect, connect_gateway
from harness.hosts.errors import FileMissing, HostError, HostUnreachable
from harness.hosts.node import LARGEST_FILE, Node

__all__ = [
    "LARGEST_FILE",
    "FileMissing",
    "HostError",
    "HostUnreachable",
    "Node",
    "connect",
    "connect_gateway",
]
