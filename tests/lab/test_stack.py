"""What the control plane has the process with Swift in it do."""

import pytest

from harness.arch import load
from harness.errors import LabError
from harness.lab.layout import Layout
from harness.lab.objects.stack import ObjectStack, Secrets


@pytest.fixture
def stack(tmp_path):
    model = load("essex/six-node").model
    made = ObjectStack(
        model, Layout(9, tuple(model.nodes)), tmp_path / "nodes", tmp_path / "swift.log", Secrets("s", "t")
    )
    (tmp_path / "swift.log").touch()
    made.asked = []

    def ask(**command):
        made.asked.append(command)
        names = [server["name"] for server in command.get("servers", ())]
        return {"built": [], "pids": dict.fromkeys(names, 1)}

    made._ask = ask
    return made


def test_a_proxy_starts_when_the_storage_servers_listen(stack):
    stack.bring_up()
    kinds = [{server["kind"] for server in ask["servers"]} for ask in stack.asked if ask["do"] == "start"]
    assert kinds == [{"account", "container", "object"}, {"proxy"}]


def test_a_restart_leaves_a_stopped_proxy_alone(stack):
    stack.bring_up()
    stack.stop(stack.proxies)
    stack.asked.clear()
    stack.restart_proxies()
    assert [ask["do"] for ask in stack.asked] == ["stop"]


def test_a_filter_stands_in_front_of_the_pipeline_and_goes_again(stack):
    stack.bring_up()
    conf = stack.etc("controller") / "proxy-server.conf"
    before = conf.read_text()
    stack.filters.append("some.module:factory")
    stack.restart_proxies()
    assert "pipeline = journal essex extra0 catch_errors" in conf.read_text()
    assert "paste.filter_factory = some.module:factory" in conf.read_text()
    stack.filters.clear()
    stack.restart_proxies()
    assert conf.read_text() == before
    assert not conf.stat().st_mode & 0o077


def test_without_its_process_it_says_where_the_log_is(tmp_path):
    model = load("essex/six-node").model
    stack = ObjectStack(
        model, Layout(9, tuple(model.nodes)), tmp_path, tmp_path / "swift.log", Secrets("s", "t")
    )
    with pytest.raises(LabError, match="not running"):
        stack.inventory()


def test_replicas_are_read_in_the_order_of_zones(stack):
    stack.bring_up()
    conf = (stack.etc("controller") / "proxy-server.conf").read_text()
    assert "read_affinity = r1z1=1, r1z2=2, r1z3=3\n" in conf
    assert "sorting_method = affinity\n" in conf


def test_a_storage_server_is_replaced_with_filters_before_it_and_proxies_forget(stack):
    stack.bring_up()
    server = next(one for one in stack.servers if one.name == "storage-2/object-6000")
    stack.asked.clear()
    stack.replace(server, server, ["some.module:factory"])
    conf = stack.etc("storage-2") / "object-server-6000.conf"
    assert "pipeline = extra0 object-server\n" in conf.read_text()
    assert "paste.filter_factory = some.module:factory\n" in conf.read_text()
    assert [ask["do"] for ask in stack.asked] == ["stop", "start", "stop", "start"]
    stack.replace(server, server)
    assert "extra0" not in conf.read_text()


def test_storage_servers_are_inner_and_proxies_are_not(stack):
    assert ("127.77.9.4", 6000) in stack.inner
    assert not {port for _, port in stack.inner} - {6000, 6001, 6002}
