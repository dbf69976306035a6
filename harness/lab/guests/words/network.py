"""Words about the network: what the guest's own addresses are, and who answers."""

from __future__ import annotations

import ipaddress

from harness.lab.compute.state import compute
from harness.lab.guests import metadata
from harness.lab.guests.network import Listener, exchange, pair
from harness.lab.guests.paths import ECHO, SSH, Reached, from_guest, gateway
from harness.lab.guests.policies import policies
from harness.lab.guests.shell import Call
from harness.lab.guests.words.options import options

_UNANSWERED = 0.2
"""Seconds of the lab that stand for any time that a word waits for an answer that does not come."""
_LISTENS = 60.0
_MTU = 1500
_WORDS = {"refused": "Connection refused", "no route": "No route to host", "timeout": "Connection timed out"}


def _address(call: Call, name: str) -> str | None:
    """An address, or that of a name: ``localhost``, and what DNS knows of outside."""
    try:
        return str(ipaddress.IPv4Address("127.0.0.1" if name == "localhost" else name))
    except ValueError:
        world = call.guest.world
        node = policies(world).outside(world, name)
        return world.addresses[node] if node else None


async def ping(call: Call) -> int:
    """ICMP echo: -c count, -s size; the other options are taken and mean nothing here."""
    given, rest = options(call, "cWwsiIt")
    count, size = given.get("c", "3"), given.get("s", "56")
    if not rest or not count.isdecimal() or not size.isdecimal():
        return call.fail("usage: ping [-c COUNT] [-s SIZE] [-W SEC] [-w SEC] HOST")
    name, sent = rest[0], max(1, min(int(count), 100))
    address = _address(call, name) or (call.guest.server.fixed or [""])[0] * (name == call.guest.hostname)
    if not address:
        return call.fail(f"bad address '{name}'")
    call.say(f"PING {name} ({address}): {size} data bytes")
    heard = 0
    for number in range(sent):
        if from_guest(call.guest, address, ECHO, "icmp", int(size) + 28).outcome == "open":
            call.say(f"{int(size) + 8} bytes from {address}: seq={number} ttl=64 time=0.4 ms")
            heard += 1
    if not heard:
        await call.shell.pause(_UNANSWERED)
    call.say("", f"--- {name} ping statistics ---")
    lost = 100 * (sent - heard) // sent
    call.say(f"{sent} packets transmitted, {heard} packets received, {lost}% packet loss")
    if heard:
        call.say("round-trip min/avg/max = 0.4/0.4/0.4 ms")
    return int(heard == 0)


async def nc(call: Call) -> int:
    """TCP: -z only opens; -l -p PORT waits for one connection; else the input goes there."""
    given, rest = options(call, "wpi")
    if "l" in given:
        port = given.get("p") or (rest[-1] if rest else "")
        return await _listens(call, port)
    if len(rest) != 2 or not rest[1].isdecimal():
        return call.fail("usage: nc [-z] [-w SEC] HOST PORT, nc -l -p PORT")
    reached = _reach(call, rest[0], int(rest[1]))
    if reached is None:
        return call.fail(f"bad address '{rest[0]}'")
    if reached.outcome != "open":
        await call.shell.pause(0 if reached.outcome == "refused" else _UNANSWERED)
        return call.fail(f"{rest[0]} ({rest[0]}:{rest[1]}): {_WORDS[reached.outcome]}")
    if "z" in given:
        return call.say(*([f"{rest[0]} ({rest[0]}:{rest[1]}) open"] if "v" in given else []))
    return await _talks(call, reached, int(rest[1]))


def _reach(call: Call, name: str, port: int) -> Reached | None:
    address = _address(call, name)
    return from_guest(call.guest, address, port) if address else None


async def _talks(call: Call, reached: Reached, port: int) -> int:
    if port == SSH:
        call.out += b"SSH-2.0-dropbear_2012.55\r\n"
        return 0
    if reached.guest is None:
        return 0
    listener = reached.guest.listeners.get(port)
    if listener is None or call.shell.hurry:
        return 1
    call.out += await exchange(pair(listener.take), await call.typed(), _LISTENS)
    return 0


async def _listens(call: Call, port: str) -> int:
    if not port.isdecimal() or not 0 < int(port) < 65536 or call.shell.hurry:
        return call.fail(f"bad port '{port}'")
    if int(port) in (*call.guest.listeners, SSH):
        return call.fail("bind: Address already in use")
    heard = await Listener(call.guest, int(port)).talk(await call.typed(), _LISTENS)
    call.out += heard or b""
    return int(heard is None)


async def wget(call: Call) -> int:
    """HTTP GET from the metadata service: -q, and -O with ``-`` or a file."""
    given, rest = options(call, "OTt")
    if not rest:
        return call.fail("usage: wget [-q] [-O FILE] URL")
    host, _, path = rest[0].removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    if name != metadata.HOST:
        reached = _reach(call, name, int(port) if port.isdecimal() else 80)
        if reached is None:
            return call.fail(f"bad address '{name}'")
        why = _WORDS.get(reached.outcome, "error getting response")
        await call.shell.pause(_UNANSWERED)
        return call.fail(f"can't connect to remote host ({name}): {why}")
    found = metadata.metadata(call.guest, "/" + path)
    if found is None:
        return call.fail("server returned error: HTTP/1.1 404 Not Found")
    target = given.get("O") or path.rstrip("/").rpartition("/")[2] or "index.html"
    if target == "-":
        call.out += found
    else:
        call.files.write(call.shell.path(target), found)
    return 0


async def ip(call: Call) -> int:
    """``ip addr``, ``ip link``, ``ip route``."""
    _, rest = options(call)
    what = rest[0] if rest else ""
    if what.startswith("r"):
        return call.say(f"default via {gateway(call.guest.world)} dev eth0", *_routes(call))
    if not what.startswith(("a", "l")):
        return call.fail(f"unknown object '{what}'")
    call.say(
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 16436", "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00"
    )
    if what.startswith("a"):
        call.say("    inet 127.0.0.1/8 scope host lo")
    call.say(f"2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu {_MTU} qdisc pfifo_fast qlen 1000")
    call.say(f"    link/ether {call.guest.server.mac} brd ff:ff:ff:ff:ff:ff")
    if what.startswith("a"):
        length = _network(call).prefixlen
        call.say(*(f"    inet {row}/{length} scope global eth0" for row in call.guest.server.fixed))
    return 0


def _network(call: Call) -> ipaddress.IPv4Network:
    return ipaddress.IPv4Network(compute(call.guest.world).network.cidr)


def _routes(call: Call) -> list[str]:
    return [f"{_network(call)} dev eth0 src {row}" for row in call.guest.server.fixed[:1]]


async def ifconfig(call: Call) -> int:
    """The interfaces in the old manner."""
    address = (call.guest.server.fixed or [""])[0]
    network = _network(call)
    return call.say(
        f"eth0      Link encap:Ethernet  HWaddr {call.guest.server.mac.upper()}",
        f"          inet addr:{address}  Bcast:{network.broadcast_address}  Mask:{network.netmask}",
        f"          UP BROADCAST RUNNING MULTICAST  MTU:{_MTU}  Metric:1",
        "",
        "lo        Link encap:Local Loopback",
        "          inet addr:127.0.0.1  Mask:255.0.0.0",
    )


async def route(call: Call) -> int:
    """The routes in the old manner."""
    network, nowhere = _network(call), str(ipaddress.IPv4Address(0))
    rows = [
        (nowhere, gateway(call.guest.world), nowhere, "UG"),
        (str(network.network_address), nowhere, str(network.netmask), "U"),
    ]
    return call.say(
        "Kernel IP routing table",
        "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface",
        *(f"{to:<15} {by:<15} {mask:<15} {flags:<5} 0      0        0 eth0" for to, by, mask, flags in rows),
    )
