"""The folder of a node as a host's root: what Ubuntu 12.04 and Essex have there, written without a process.

``tools`` are programs, ``system`` the base of ``/etc``, ``packages`` the package database, ``jobs`` the init
jobs and what runs, ``options`` the configuration of OpenStack, ``kernel`` what ``/proc`` and ``/sys`` show,
``tables`` what the doubles say.
"""
