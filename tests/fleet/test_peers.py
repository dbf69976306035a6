from harness.arch import load
from harness.fleet.peers import peers


def test_nodes_with_the_same_roles_are_peers() -> None:
    found = peers(load("essex/six-node", sets=["nodes.compute-2.roles=[compute, network, s3]"]).model)
    assert [nodes for _, nodes in found] == [
        ("controller",), ("compute-1",), ("compute-2",), ("storage-1", "storage-2", "storage-3")]  # fmt: skip
    assert found[1][0] == ("compute", "network")


def test_some_nodes() -> None:
    model = load("essex/six-node").model
    assert peers(model, ["storage-2", "storage-1"]) == [(("object-storage",), ("storage-1", "storage-2"))]
