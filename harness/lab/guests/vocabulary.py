"""Every word that a guest of the lab knows, as busybox has it: names, options and exit codes.

This table is the whole of what can be asked of a guest: a word that is not in it is not found (127), and an
option that is not named where a word is written means nothing. ``words`` says what each one does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from harness.lab.guests.shell import Call
from harness.lab.guests.words import disks, files, network, own, system

Word = Callable[[Call], Awaitable[int]]

WORDS: dict[str, Word] = {
    # The shell's own.
    ":": own.true_, "true": own.true_, "false": own.false_, "exit": own.exit_, "cd": own.cd, "set": own.true_,
    "export": own.true_, "test": own.test, "[": own.test, "sh": own.sh, "ash": own.sh, "sudo": own.sudo,
    # What the guest is.
    "hostname": system.hostname, "uname": system.uname, "nproc": system.nproc, "whoami": system.whoami,
    "id": system.id_, "date": system.date, "uptime": system.uptime, "free": system.free, "df": system.df,
    "dmesg": system.dmesg,
    # Files.
    "echo": files.echo, "printf": files.printf, "pwd": files.pwd, "sleep": files.sleep, "cat": files.cat,
    "head": files.head, "tail": files.tail, "wc": files.wc, "grep": files.grep, "ls": files.ls,
    "mkdir": files.mkdir, "rm": files.rm, "touch": files.touch, "cp": files.cp, "mv": files.mv,
    "chmod": files.chmod, "tee": files.tee, "tr": files.tr,
    # Disks and bytes.
    "dd": disks.dd, "md5sum": disks.md5sum, "sha1sum": disks.sha1sum, "sha256sum": disks.sha256sum,
    "sha512sum": disks.sha512sum, "mkfs.ext2": disks.mkfs, "mkfs.ext3": disks.mkfs, "mke2fs": disks.mkfs,
    "mount": disks.mount, "umount": disks.umount, "sync": disks.sync, "blkid": disks.blkid,
    # The network.
    "ping": network.ping, "nc": network.nc, "wget": network.wget, "ip": network.ip,
    "ifconfig": network.ifconfig, "route": network.route,
}  # fmt: skip
