from __future__ import annotations

from harness.hosts.facts.model import Config, Unknown
from harness.hosts.facts.options import parse_options, read_config
from tests.hosts.facts.answers import part, secrets, section


def parsed(text: str) -> Config:
    return parse_options(text.split("\n"), secrets())


def test_ini_by_oslos_rules() -> None:
    found = parsed(
        "# a comment = no option\n; another: one\n[DEFAULT]\nverbose = True\nmy_ip=10.0.0.1\n"
        "connection_type : libvirt\nurl = a:b=c\nkey_name: x = y\nquoted = ' kept '\nhalf = 'it\n"
        "empty =\n\n[spice]\nenabled = false ; not a comment\n[DEFAULT]\nlate = 1\n"
    )
    assert found == Config(
        form="ini",
        options={
            "DEFAULT": {
                "verbose": ("True",),
                "my_ip": ("10.0.0.1",),
                "connection_type": ("libvirt",),
                "url": ("a:b=c",),
                "key_name": ("x = y",),
                "quoted": (" kept ",),
                "half": ("'it",),
                "empty": ("",),
                "late": ("1",),
            },
            "spice": {"enabled": ("false ; not a comment",)},
        },
    )


def test_values_that_go_on_and_options_given_twice() -> None:
    found = parsed("[DEFAULT]\napis = ec2,\n  osapi_compute,\n\tmetadata\nflag = a\nflag = b\n[empty]\n")
    assert found.options == {
        "DEFAULT": {"apis": ("ec2, osapi_compute, metadata",), "flag": ("a", "b")},
        "empty": {},
    }


def test_a_blank_line_ends_a_value() -> None:
    found = parsed("[DEFAULT]\na = 1\n\n  2\nb = 3\n")
    assert found.options == {"DEFAULT": {"a": ("1",), "b": ("3",)}}
    assert found.problems == ("line 4 continues nothing",)


def test_lines_that_are_nothing_are_named_by_number_alone() -> None:
    found = parsed("early = 1\n[DEFAULT\nnonsense hunter2\n= x\n[]\n[a]\nb = 1\n")
    assert found.problems == (
        "line 1 stands before any section",
        "line 2 is no section",
        "line 3 is no option",
        "line 4 is no option",
        "line 5 is no section",
    )
    assert found.options == {"DEFAULT": {"early": ("1",)}, "a": {"b": ("1",)}}


def test_flag_files() -> None:
    found = parsed(
        "# nova.conf of Diablo\n--sql_connection=mysql://nova:hare@controller/nova\n--verbose\n--nodebug\n"
        "--network_manager=nova.network.manager.FlatDHCPManager\n--scheduler nova.scheduler.simple\n"
        "// a comment\nverbose = 1\n--rabbit_password=hare\n"
    )
    password = secrets().seal("hare")
    assert found == Config(
        form="flags",
        options={
            "DEFAULT": {
                "sql_connection": (f"mysql://nova:{password}@controller/nova",),
                "verbose": ("true",),
                "debug": ("false",),
                "network_manager": ("nova.network.manager.FlatDHCPManager",),
                "scheduler": ("nova.scheduler.simple",),
                "rabbit_password": (password,),
            }
        },
        problems=("line 8 is no flag",),
    )


def test_paste_files() -> None:
    found = parsed(
        "[composite:osapi_compute]\nuse = call:nova.api.openstack.urlmap:urlmap_factory\n"
        "/v2: openstack_compute\n"
        "[filter:authtoken]\nadmin_user = nova\nadmin_password = hare\n"
        "[filter:tempauth]\nuser_admin_admin = adminkey .admin .reseller_admin\nuser64_dGVzdA_x = k\n"
        "[app:proxy-server]\nset log_name = proxy\n"
    )
    assert found.options["composite:osapi_compute"]["/v2"] == ("openstack_compute",)
    assert found.options["filter:authtoken"]["admin_password"] == (secrets().seal("hare"),)
    assert found.options["filter:tempauth"] == {
        "user_admin_admin": (f"{secrets().seal('adminkey')} .admin .reseller_admin",),
        "user64_dGVzdA_x": (secrets().seal("k"),),
    }
    assert found.options["app:proxy-server"] == {"set log_name": ("proxy",)}


def test_a_file_that_is_not_there_or_not_for_everybody() -> None:
    parts = section(part("/a", "", "absent"), part("/b", "", "denied"), part("/c", "[x]\na = 1", "")).parts
    assert read_config(parts["/a"], secrets()) == Unknown(unknown="there is no such file")
    assert read_config(parts["/b"], secrets()) == Unknown(unknown="this user may not read it", denied=True)
    assert read_config(parts["/c"], secrets()) == Unknown(unknown="it did not come whole")


def test_a_file_of_another_system() -> None:
    found = read_config(section(part("/a", "[DEFAULT]\r\nverbose = 1\r\n")).parts["/a"], secrets())
    assert found == Config(form="ini", options={"DEFAULT": {"verbose": ("1",)}})


def test_a_last_line_without_an_end_counts() -> None:
    found = read_config(section(part("/a", "[DEFAULT]\nverbose = 1")).parts["/a"], secrets())
    assert found == Config(form="ini", options={"DEFAULT": {"verbose": ("1",)}})
