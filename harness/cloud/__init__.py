"""What a scenario sees of a cloud, and what stands behind it in one process of a run.

``story`` is the scenario's own view (``Cloud``), ``run`` what a process keeps between stories
(``RunSession``: doors, links, connections). ``telling`` writes steps, observations and checks, ``waits``
waits and measures, ``nodes`` are the described hosts, ``rings`` what these hold of rings, ``storage`` asks
the servers behind the proxies (``storagelines`` reaches them, ``proof`` samples them), ``keeping`` joins
clients and ledger, ``shares`` hands values from story to story, ``clocks`` compares clocks, ``outage`` takes
a service out and brings it back.
"""

from harness.clients.raw import Answer, Raw
from harness.clients.session import CloudSession
from harness.cloud.run import RunSession
from harness.cloud.story import Cloud

__all__ = ["Answer", "Cloud", "CloudSession", "Raw", "RunSession"]
