"""The embedded lab: a whole Essex cloud on loopback addresses, for demos and for the harness's own tests.

It imports nothing of the harness but ``arch`` and ``errors``, so that one misreading of an API cannot
hide on both sides. What the cloud *is* (names, flavors, images, ports, quotas) comes from a reference
architecture; how it *speaks* comes from recordings of a real Essex cloud, held to by the conformance
replay.

``world`` is the state in memory, ``http`` what the services share on the wire, one folder a service,
``faults`` the named ways to be broken, ``apps`` joins them into one ASGI app a component.
"""
