from __future__ import annotations

from harness.hosts.facts.accounts import read_users
from harness.hosts.facts.model import Process, Unknown, User
from harness.hosts.facts.packages import read_packages
from harness.hosts.facts.processes import program, read_processes
from tests.hosts.facts.answers import part, recorded, secrets, section


def test_dpkg_tells_what_is_installed_not_what_is_left_of_it() -> None:
    found = read_packages(section(part("dpkg", recorded("dpkg.txt"))))
    assert isinstance(found, dict)
    assert found["openssh-server"] == "1:9.2p1-2+deb12u10"
    assert "cron" not in found
    assert found["cron-daemon-common"] == "3.0pl1-162"


def test_rpm_tells_epochs_where_there_are_any() -> None:
    assert read_packages(section(part("rpm", recorded("rpm.txt")))) == {
        "openstack-nova-api": "2012.1.3-1.el6",
        "kernel": "2.6.32-279.el6",
        "bind-utils": "32:9.8.2-0.10.rc1.el6",
    }


def test_half_a_list_of_packages_is_unknown() -> None:
    found = read_packages(section(part("dpkg", recorded("dpkg.txt"), ""), whole=False))
    assert found == Unknown(unknown="the answer ended before it was told")
    assert isinstance(read_packages(section(part("rpm", "rpm: invalid option -- 'a'\n", "1"))), Unknown)
    assert isinstance(read_packages(section()), Unknown)


def test_users_and_their_groups() -> None:
    passwd = (
        "root:x:0:0:root:/root:/bin/bash\nswift:x:107:114::/var/lib/swift:/bin/false\n"
        "broken:x:a:b:c\n+::::::\n"
    )
    group = "root:x:0:\nswift:x:114:\nlibvirtd:x:115:nova,swift\n"
    assert read_users(section(part("passwd", passwd), part("group", group))) == {
        "root": User(uid=0, gid=0, home="/root", shell="/bin/bash", groups=("root",)),
        "swift": User(
            uid=107, gid=114, home="/var/lib/swift", shell="/bin/false", groups=("swift", "libvirtd")
        ),
    }
    assert isinstance(read_users(section(part("passwd", passwd))), Unknown)


def test_processes_without_the_kernels_own_and_without_secrets() -> None:
    text = (
        "  PID USERS_AS_LONG_AS_THEY_COME COMMAND\n    1 root /sbin/init\n    2 root [kthreadd]\n"
        "   77 nova  /usr/bin/python /usr/bin/nova-api --rabbit_password hare --x\n  78 x [sh] <defunct>\n"
    )
    assert read_processes(section(part("ps", text)), secrets()) == (
        Process(pid=1, user="root", command="/sbin/init"),
        Process(
            pid=77,
            user="nova",
            command=f"/usr/bin/python /usr/bin/nova-api --rabbit_password {secrets().seal('hare')} --x",
        ),
        Process(pid=78, user="x", command="[sh] <defunct>"),
    )


def test_the_name_of_a_program() -> None:
    assert program("/usr/bin/python2.7 -s /usr/bin/nova-api --config x") == "nova-api"
    assert program("/usr/sbin/apache2 -k start") == "apache2"
    assert program("sshd: nova [priv]") == "sshd"
    assert program("/usr/bin/python") == "python"
    assert program("") == ""
