"""Words that say what the guest is."""

from __future__ import annotations

import time

from harness.lab.guests import kernel
from harness.lab.guests.policies import policies
from harness.lab.guests.shell import Call
from harness.lab.guests.words.options import options


async def hostname(call: Call) -> int:
    """The host name; -f with its domain, -i its addresses."""
    given, _ = options(call)
    if "i" in given:
        return call.say(" ".join(call.guest.server.fixed))
    return call.say(f"{call.guest.hostname}.novalocal" if "f" in given else call.guest.hostname)


async def uname(call: Call) -> int:
    """-s -n -r -v -m -o, -a all."""
    facts = {
        "s": "Linux",
        "n": call.guest.hostname,
        "r": "3.0.0-12-virtual",
        "v": "#20",
        "m": "x86_64",
        "o": "GNU/Linux",
    }
    given, _ = options(call)
    wanted = facts if "a" in given else [letter for letter in facts if letter in (given or "s")]
    return call.say(" ".join(facts[letter] for letter in wanted))


async def nproc(call: Call) -> int:
    """How many processors."""
    return call.say(str(call.guest.size.vcpus))


async def whoami(call: Call) -> int:
    """The user."""
    return call.say(policies(call.guest.world).account(call.shell.user))


async def id_(call: Call) -> int:
    """The user, -u the number."""
    number, name, (given, _) = 0 if call.shell.user == "root" else 1000, call.shell.user, options(call)
    if "u" in given:
        return call.say(name if "n" in given else str(number))
    return call.say(f"uid={number}({name}) gid={number}({name}) groups={number}({name})")


async def date(call: Call) -> int:
    """Now, in a form of strftime after ``+``."""
    form = next((arg[1:] for arg in call.args if arg.startswith("+")), "%a %b %e %H:%M:%S UTC %Y")
    now = call.guest.world.clock.time()
    return call.say(time.strftime(form.replace("%s", str(int(now))), time.gmtime(now)))


async def uptime(call: Call) -> int:
    """Since when it runs."""
    now, minutes = (
        time.strftime("%H:%M:%S", time.gmtime(call.guest.world.clock.time())),
        int(call.guest.uptime // 60),
    )
    since = f"{minutes} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d}"
    return call.say(f" {now} up {since}, load average: 0.00, 0.00, 0.00")


async def free(call: Call) -> int:
    """Memory in kB; -m in MB."""
    given, _ = options(call)
    shift = 10 if "m" in given else 0
    total, free = (value >> shift for value in kernel.memory(call.guest))
    swap = kernel.swap(call.guest) >> shift
    head = f"{'':7}{'total':>12}{'used':>13}{'free':>13}{'shared':>13}{'buffers':>13}"
    return call.say(
        head,
        f"{'Mem:':7}{total:>12}{total - free:>13}{free:>13}{0:>13}{0:>13}",
        f"{'Swap:':7}{swap:>12}{0:>13}{swap:>13}",
    )


async def df(call: Call) -> int:
    """The mounted file systems in kB; -m in MB."""
    given, _ = options(call)
    unit = 20 if "m" in given else 10
    guest = call.guest
    rows = [("/dev/vda", guest.disks["vda"].size, guest.tree.used, "/")]
    rows += [(f"/dev/{row.disk.name}", row.disk.size, row.tree.used, at) for at, row in guest.mounts.items()]
    call.say(
        f"Filesystem           {'1M' if unit == 20 else '1K'}-blocks      Used Available Use% Mounted on"
    )
    for device, size, used, at in rows:
        whole, taken = size >> unit, -(-used >> unit)
        call.say(
            f"{device:<20} {whole:>9} {taken:>9} {whole - taken:>9} {100 * taken // max(whole, 1):>3}% {at}"
        )
    return 0


async def dmesg(call: Call) -> int:
    """What the kernel said."""
    return call.say(*(line for line in call.guest.console if line.startswith("[")))
