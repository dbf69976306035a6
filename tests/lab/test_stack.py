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
    assert "pipeline = essex extra0 catch_errors" in conf.read_text()
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
