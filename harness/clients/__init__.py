"""Clients: how a cloud is spoken to.

``door`` is the one place through which every exchange passes: it records it and keeps its secrets out of the
record. ``protocols`` says in the stories' words what each service can do, ``values`` what it answers with,
``errors`` how it refuses. One file a dialect (``compute_essex``, ``identity_v2``…) knows how a release
speaks, ``select`` chooses among them, and nothing of a client library leaves its file.
"""
