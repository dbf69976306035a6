from __future__ import annotations

from harness.hosts.facts.model import Process, Service, Unknown
from harness.hosts.facts.services import read_services
from tests.hosts.facts.answers import part, recorded, section

NOT_ASKED = Unknown(unknown="it was not asked")


def services(*parts: str, processes: tuple[Process, ...] | Unknown = NOT_ASKED) -> dict[str, Service]:
    found = read_services(section(*parts), processes)
    assert not isinstance(found, Unknown), found
    return found


def running(*commands: str) -> tuple[Process, ...]:
    return tuple(Process(pid=pid, user="root", command=command) for pid, command in enumerate(commands, 2))


def test_upstart_of_ubuntu() -> None:
    jobs = (
        "/etc/init/rsyslog.conf:start on filesystem\n/etc/init/nmbd.conf:start on started network-services\n"
        "/etc/init/nmbd.override:manual\n/etc/init/irqbalance.conf:start on runlevel [2345]\n"
        "/etc/init/irqbalance.conf:manual\n/etc/init/smbd.conf:    start on local-filesystems\n"
    )
    found = services(part("initctl", recorded("upstart-ubuntu.txt")), part("jobs", jobs))
    assert found["rsyslog"] == Service(manager="upstart", running=True, enabled=True)
    assert found["nmbd"] == Service(manager="upstart", running=True, enabled=False)
    assert found["irqbalance"].enabled is False
    assert found["smbd"].enabled is True
    assert found["mountnfs-bootclean.sh"].running is True
    assert found["plymouth-log"].running is False
    assert len(found) == 17


def test_an_override_that_starts_a_job_again_enables_it() -> None:
    jobs = "/etc/init/x.override:start on runlevel [2345]\n/etc/init/x.conf:manual\n"
    found = services(part("initctl", "x stop/waiting\n"), part("jobs", jobs))
    assert found["x"] == Service(manager="upstart", running=False, enabled=True)


def test_upstart_of_centos_has_instances() -> None:
    found = services(part("initctl", recorded("upstart-centos6.txt")))
    assert found["tty"].running is True
    assert found["serial"].running is False


def test_jobs_of_nova() -> None:
    found = services(part("initctl", recorded("upstart-nova.txt")))
    assert {name: one.running for name, one in found.items()} == dict.fromkeys(
        ("nova-api", "nova-cert", "nova-compute", "nova-consoleauth", "nova-scheduler"), True
    )


def test_an_instance_that_runs_makes_the_job_run() -> None:
    found = services(
        part("initctl", "a (1) stop/waiting\na (2) start/running, process 7\na (3) stop/waiting\n")
    )
    assert found["a"].running is True


def test_a_job_that_respawns_does_not_run() -> None:
    found = services(part("initctl", "nova-api start/post-stop, process 1\n\tpost-stop process 12\n"))
    assert found == {"nova-api": Service(manager="upstart", running=False, enabled=False)}


def test_units_of_rdo() -> None:
    files = (
        "openstack-nova-api.service enabled\nopenstack-nova-compute.service disabled enabled\n"
        "getty@.service enabled\n"
    )
    found = services(part("units", recorded("systemctl-rdo.txt")), part("unit-files", files))
    assert found["openstack-nova-api"] == Service(manager="systemd", running=True, enabled=True)
    assert found["openstack-nova-compute"] == Service(manager="systemd", running=True, enabled=False)
    assert found["openstack-losetup"] == Service(manager="systemd", running=True, enabled=None)
    assert "getty@" not in found


def test_units_that_failed_are_marked_and_those_that_are_nowhere_left_out() -> None:
    units = "● nova-api.service loaded failed failed x\n* gone.service not-found inactive dead x\n"
    found = services(
        part("units", units), part("unit-files", "nova-api.service masked\nidle.service static\n")
    )
    assert found["nova-api"] == Service(manager="systemd", running=False, enabled=False)
    assert found["idle"] == Service(manager="systemd", running=False, enabled=None)
    assert "gone" not in found


def test_a_script_under_systemd_runs_when_its_process_does() -> None:
    units = "exim4.service loaded active exited LSB: exim\nrc-local.service loaded active exited x\n"
    parts = (
        part("units", units),
        part("unit-files", "exim4.service generated -\nrc-local.service enabled\n"),
        part("scripts", "/etc/init.d/exim4\n"),
        part("links", "/etc/rc2.d/S01exim4\n/etc/rc0.d/K01exim4\n"),
        part("pids", "77 /run/exim4.pid \n"),
    )
    found = services(*parts, processes=running("/usr/sbin/cron"))
    assert found["exim4"] == Service(manager="systemd", running=False, enabled=True)
    found = services(*parts, processes=running("/usr/sbin/exim4 -bd"))
    assert found["exim4"].running is True
    assert found["rc-local"].running is True


def test_sysv_is_told_by_links_pid_files_and_processes() -> None:
    found = services(
        part(
            "scripts", "/etc/init.d/rabbitmq-server\n/etc/init.d/tgt\n/etc/init.d/rsync\n/etc/init.d/README\n"
        ),
        part("links", "/etc/rc2.d/S20rabbitmq-server\n/etc/rc3.d/K80tgt\n/etc/rc6.d/K20rsync\n"),
        part("pids", "41 /var/run/tgtd.pid tgtd\n"),
        processes=running("/usr/lib/erlang/erts-5.8.5/bin/beam.smp -W w", "/usr/sbin/tgtd"),
    )
    assert found == {
        "rabbitmq-server": Service(manager="sysv", running=True, enabled=True),
        "tgt": Service(manager="sysv", running=True, enabled=False),
        "rsync": Service(manager="sysv", running=None, enabled=False),
    }


def test_scripts_of_the_red_hat_family_are_named_after_their_distribution() -> None:
    parts = (
        part("scripts", "/etc/init.d/openstack-nova-api\n/etc/init.d/openstack-nova-cert\n"),
        part("links", "/etc/rc.d/rc3.d/S98openstack-nova-api\n"),
        part("pids", "41 /var/run/nova/nova-api.pid nova-api\n42 /var/run/nova/nova-cert.pid \n"),
    )
    found = services(*parts, processes=running("/usr/bin/python /usr/bin/nova-api"))
    assert found["openstack-nova-api"] == Service(manager="sysv", running=True, enabled=True)
    assert found["openstack-nova-cert"] == Service(manager="sysv", running=False, enabled=False)


def test_a_stale_pid_file_runs_nothing() -> None:
    parts = (part("scripts", "/etc/init.d/mysql\n"), part("pids", "41 /var/run/mysqld/mysqld.pid \n"))
    assert services(*parts, processes=running("/sbin/init"))["mysql"].running is False


def test_servers_of_swift_init() -> None:
    found = services(
        part(
            "scripts", "/etc/init.d/swift-object\n/etc/init.d/swift-object-auditor\n/etc/init.d/swift-proxy\n"
        ),
        part("links", "/etc/rc2.d/S20swift-object\n"),
        part(
            "pids",
            "11 /var/run/swift/object-server.pid swift-object-se\n12 /var/run/swift/object-server/2.pid \n"
            "13 /var/run/swift/object-auditor.pid \n14 /var/run/swift/proxy-server.pid nginx\n"
            "15 /var/run/swift/container-updater.pid python\n",
        ),
        processes=running("/usr/bin/python /usr/bin/swift-object-server /etc/swift/object-server.conf"),
    )
    assert found == {
        "swift-object": Service(manager="sysv", running=True, enabled=True),
        "swift-object-auditor": Service(manager="sysv", running=False, enabled=False),
        "swift-proxy": Service(manager="sysv", running=False, enabled=False),
        "swift-container-updater": Service(manager="sysv", running=True, enabled=None),
    }


def test_swift_without_pid_files_is_told_by_its_process() -> None:
    found = services(
        part("scripts", "/etc/init.d/swift-object\n/etc/init.d/swift-object-updater\n"),
        processes=running("/usr/bin/python /usr/bin/swift-object-updater /etc/swift/object-server.conf"),
    )
    assert {name: one.running for name, one in found.items()} == {
        "swift-object": False,
        "swift-object-updater": True,
    }


def test_containers() -> None:
    listing = (
        "CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES\n"
        'abc   kolla/nova-api:1   "kolla_start"   5 days ago   Up 5 days (healthy)      nova_api\n'
        'def   kolla/x:1   "x"   5 days ago   Exited (137) 2 hours ago   80/tcp   horizon\n'
        'eee   kolla/x:1   "x"   5 days ago   Up 2 hours (Paused)      cold\n'
    )
    found = services(part("docker", listing))
    assert {name: (one.manager, one.running) for name, one in found.items()} == {
        "nova_api": ("container", True),
        "horizon": ("container", False),
        "cold": ("container", False),
    }


def test_a_manager_that_does_not_answer_leaves_services_unknown() -> None:
    refused = part("initctl", "initctl: Unable to connect to Upstart: Permission denied\n", "1")
    found = read_services(section(refused, part("scripts", "/etc/init.d/x\n")), NOT_ASKED)
    assert isinstance(found, Unknown)
    assert found.denied
    late = section(part("units", "a.service loaded active running\n", ""), whole=False, why="late")
    assert read_services(late, NOT_ASKED) == Unknown(unknown="it took too long and was ended")
    assert read_services(section(part("links")), NOT_ASKED) == Unknown(
        unknown="no service manager that is known"
    )
