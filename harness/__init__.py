"""The machinery that drives a cloud and records what it saw.

Inside, top down: cli, plugin, testing, cloud, plan, accounts and lease, ledger, clients and hosts and rings
and waiting, site, credentials and hostlist, evidence, arch, errors. A file may import what stands below it
and nothing above; ``lab`` stands beside all and imports ``arch`` and ``errors`` only: import-linter holds it.
"""

__version__ = "0.1.0"
