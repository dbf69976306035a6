"""Object storage of the lab: the real ``swift`` package,
driven as its operators do, by files and processes.

``plan`` says which server runs where, ``conf`` writes its files into the node folders, ``parent`` is the
process that has Swift imported and forks every server, ``stack`` talks to it from the control plane,
``token`` and ``face`` are the two filters of our own in the proxy's pipeline.
"""
