from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.hosts.facts.reading import raw
from harness.hosts.facts.secrets import Secrets, is_secret
from tests.hosts.facts.answers import secrets

SEAL = re.compile(r"hmac:[0-9a-f]{16}")
WORDS = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=6, max_size=20).map(
    "Zq9".__add__
)


def test_equal_secrets_look_equal_within_a_run_and_only_there() -> None:
    assert SEAL.fullmatch(secrets().seal("hare"))
    assert secrets().seal("hare") == secrets().seal("hare") != secrets().seal("tortoise")
    assert Secrets().seal("hare") != Secrets().seal("hare")
    assert secrets().seal("") == ""
    assert secrets().seal(secrets().seal("hare")) == secrets().seal("hare")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "sql_connection = mysql://nova:hare@controller/nova",
            "sql_connection = mysql://nova:*@controller/nova",
        ),
        ("mysql://nova:ha/re@controller/nova", "mysql://nova:*@controller/nova"),
        ("rabbit://u:hare@h1:5672,u:hare@h2:5672/v", "rabbit://u:*@h1:5672,u:*@h2:5672/v"),
        ("amqp://u:ha,re@h1//", "amqp://u:*@h1//"),
        ("sqlite:////var/lib/nova/nova.sqlite", "sqlite:////var/lib/nova/nova.sqlite"),
        ("http://controller:5000/v2.0?to=a@b", "http://controller:5000/v2.0?to=a@b"),
        ("swift_hash_path_suffix = hare", "swift_hash_path_suffix = *"),
        ("--rabbit_password=hare", "--rabbit_password=*"),
        ("rabbit_password:hare:more", "rabbit_password:*"),
        ("python nova-api --os-password hare --debug", "python nova-api --os-password * --debug"),
        ("env OS_PASSWORD=hare nova list", "env OS_PASSWORD=* nova list"),
        ("mysqldump -u root -phare nova", "mysqldump -u root -p* nova"),
        ("curl -u admin:hare http://x", "curl -u admin:* http://x"),
        ("beam.smp -sname rabbit -setcookie HARE -x", "beam.smp -sname rabbit -setcookie * -x"),
        ("memcache_secret_key=hare", "memcache_secret_key=*"),
        ("X-Auth-Token: hare", "X-Auth-Token: *"),
        ('{"password": "hare"}', '{"password": "*"}'),
        ("root:$6$salt$hash/.x:15000:0:99999:7:::", "root:*:15000:0:99999:7:::"),
        ("old:Eh8Ap9zPLq2hU:0:0:root:/root:/bin/sh", "old:*:0:0:root:/root:/bin/sh"),
        ("nova:x:107:114::/var/lib/nova:/bin/sh", "nova:x:107:114::/var/lib/nova:/bin/sh"),
        ("[filter:tempauth]\nuser_a_b = hare .admin", "[filter:tempauth]\nuser_a_b = * .admin"),
        ("[ldap]\nuser_tree_dn = ou=Users,dc=x", "[ldap]\nuser_tree_dn = ou=Users,dc=x"),
        ("admin_password = a\n  hare\nverbose = 1", "admin_password = *\n  *\nverbose = 1"),
        ("-----BEGIN RSA PRIVATE KEY-----\nhare\n", "-----BEGIN RSA PRIVATE KEY-----*"),
    ],
)
def test_what_is_cut_and_what_is_left(text: str, left: str) -> None:
    assert SEAL.sub("*", secrets().cut(text)) == left


@pytest.mark.parametrize(
    "name",
    [
        "admin_token",
        "service_password",
        "AWS_SECRET_KEY",
        "fixed_key",
        "os-password",
        "rabbit_pass",
        "setcookie",
        "swift_hash_path_prefix",
        "auth_encryption_key",
        "s3_store_access_key",
        "key",
        "--db-passwd",
        "admin_pwd",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "sql_connection",
        "token_expiration",
        "ssl_key_file",
        "hash_path",
        "keystone_url",
        "rabbit_host",
        "monkey",
        "password_file",
        "scheduler_driver",
        "passenger_root",
        "user",
    ],
)
def test_names_of_what_is_none(name: str) -> None:
    assert not is_secret(name)


SHAPES = (
    "password = {}",
    "[a]\nadmin_token: '{}'\n",
    "--sql_connection=mysql://nova:{}@db/nova?charset=utf8",
    "transport_url = rabbit://a:{0}@h1:5672,b:{0}@h2:5672/",
    "12 root /usr/bin/python x --auth-token {} -v",
    "MYSQL_PWD={} mysqld",
    '"adminPass": "{}"',
    "/v2.0/tokens/{}/endpoints",
    "[filter:tempauth]\nuser_test_tester = {} .admin\n",
    "Cookie: {}",
)


@given(secret=WORDS, shape=st.sampled_from(SHAPES), before=st.text(max_size=30), after=st.text(max_size=30))
def test_no_secret_is_left_in_evidence(secret: str, shape: str, before: str, after: str) -> None:
    assert secret not in raw(f"{before}\n{shape.format(secret)}\n{after}", secrets())


@given(st.text(max_size=300))
def test_evidence_holds_no_order_to_a_terminal(text: str) -> None:
    assert all(sign.isprintable() or sign in "\t\n\ufffd" for sign in raw(text, secrets()))


@given(st.text(max_size=200))
def test_cutting_twice_changes_nothing(text: str) -> None:
    once = secrets().cut(text)
    assert secrets().cut(once) == once
