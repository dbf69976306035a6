"""What services of a host wrote into their logs.

``places`` says where, ``script`` what the host is asked in one round trip, ``lines`` reads the formats of the
time, ``cutting`` takes secrets out of them, ``reading`` joins all that.
"""

from harness.hosts.logs.lines import Clock, Entry, parse
from harness.hosts.logs.places import Logs, component_of, logs_of
from harness.hosts.logs.reading import Told, read_logs

__all__ = ["Clock", "Entry", "Logs", "Told", "component_of", "logs_of", "parse", "read_logs"]
