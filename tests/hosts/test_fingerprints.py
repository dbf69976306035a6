"""Host keys on a console: as cloud-init and small images of 2012 printed them."""

from __future__ import annotations

import paramiko
from hypothesis import given
from hypothesis import strategies as st

from harness.hosts.fingerprints import digests_of, kind_of, shown_on

KEY = paramiko.RSAKey.generate(1024)
MD5 = next(digest for digest in digests_of(KEY.asbytes()) if not digest.startswith("SHA256:"))
OTHER = "0f:1e:2d:3c:4b:5a:69:78:87:96:a5:b4:c3:d2:e1:f0"
CLOUD_INIT = f"""\
Generating public/private rsa key pair.
ec2: #############################################################
ec2: -----BEGIN SSH HOST KEY FINGERPRINTS-----
ec2: 2048 {MD5}  root@vm-1 (RSA)
ec2: 1024 {OTHER}  root@vm-1 (DSA)
ec2: -----END SSH HOST KEY FINGERPRINTS-----
ec2: #############################################################
ci-info: ++++++Authorized keys from /home/ubuntu/.ssh/authorized_keys for user ubuntu+++++++
ci-info: | ssh-rsa | 11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00 |    -    | run     |
vm-1 login:
"""
CIRROS = f"""\
=== sshd host keys ===
-----BEGIN SSH HOST KEY KEYS-----
ssh-rsa {KEY.get_base64()} root@cirros
ssh-dss AAAA root@cirros
-----END SSH HOST KEY KEYS-----
cirros login:
"""


def test_cloud_init_prints_fingerprints() -> None:
    shown = shown_on(CLOUD_INIT)
    assert [(sorted(one.digests), one.kind) for one in shown] == [([MD5], "rsa"), ([OTHER], "dsa")]
    assert digests_of(KEY.asbytes()) & shown[0].digests


def test_small_images_print_keys() -> None:
    (shown,) = shown_on(CIRROS)
    assert (shown.digests, shown.kind) == (digests_of(KEY.asbytes()), "rsa")


def test_later_forms() -> None:
    sha256 = next(digest for digest in digests_of(KEY.asbytes()) if digest.startswith("SHA256:"))
    line = f"2048 {sha256} /etc/ssh/ssh_host_rsa_key.pub (RSA)"
    assert [one.digests for one in shown_on(line)] == [frozenset({sha256})]
    assert [one.digests for one in shown_on(f"Fingerprint: md5 {MD5}")] == [frozenset({MD5})]


def test_other_keys_are_nobodys_host_keys() -> None:
    assert shown_on(f"authorized: {OTHER}\nssh-rsa {KEY.get_base64()} run") == []
    assert shown_on("") == []


def test_kinds() -> None:
    assert [kind_of(name) for name in ("ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp256", "ssh-ed25519")] == [
        "rsa", "dsa", "ecdsa", "ed25519",
    ]  # fmt: skip


@given(st.text(max_size=2000))
def test_any_console_is_read(text: str) -> None:
    block = f"-----BEGIN SSH HOST KEY KEYS-----\n{text}"
    assert all(one.digests for one in shown_on(block))
