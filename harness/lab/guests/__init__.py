"""The guests of the lab's servers: doubles that answer where a real guest would, by the state of nova.

``state`` follows the lives of servers and volumes and keeps what a guest has: disks, files, boot moment.
``paths`` says who reaches whom, by security groups and addresses; ``policies`` are its decision points, and
those of a booting guest, as data that a fault replaces. ``tree`` and ``disks`` keep files and blocks,
``shell`` reads a command line, ``vocabulary`` has every word that a guest knows. ``ssh`` is the guest's
SSH server; it has no socket of its own: only a node's jump leads to it.
"""
