from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.accounts import Accounts
from harness.arch import Architecture, load
from harness.cloud import Cloud, RunSession
from harness.credentials import Account
from harness.evidence import Recorder, RunFolder, create_run, read_record
from harness.hostlist import Host
from harness.ledger import Inventory
from harness.site import Site, SiteFile
from tests.clients.fake import TENANT, Reply, Service, access, serving


@pytest.fixture(scope="session")
def arch() -> Architecture:
    return load("essex/six-node")


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as one:
        one.answers["POST", "/v2.0/tokens"] = Reply(200, access(one.url))
        yield one


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return create_run("rack7", home=tmp_path)


@pytest.fixture
def opened(service: Service, folder: RunFolder, arch: Architecture) -> Iterator[Callable[..., RunSession]]:
    """Opens sessions of one run, each as a process of its own would."""
    made: list[RunSession] = []

    def open_(worker: str = "main", hosts: dict[str, Host] | None = None, **ssh: object) -> RunSession:
        account = Account(f"{service.url}/v2.0", "demo", "s3cret-pass", "demo", "RegionOne", tenant_id=TENANT)
        file = SiteFile.model_validate({"name": "rack7", "architecture": "essex/six-node", "ssh": ssh})
        site = Site("rack7", arch, None, file, hosts or {})
        accounts = Accounts(
            main=account, own=("demo",), before=Inventory(), missing={"admin": "demo is no administrator"}
        )
        made.append(RunSession(site, Recorder(folder.events, worker=worker), folder, accounts))
        return made[-1]

    yield open_
    for session in made:
        session.close()
        session.recorder.close()


@pytest.fixture
def session(opened: Callable[..., RunSession]) -> RunSession:
    return opened()


@pytest.fixture
def cloud(session: RunSession) -> Cloud:
    return session.cloud("compute.boot")


@pytest.fixture
def record(folder: RunFolder) -> Callable[[str], list[dict[str, object]]]:
    """Rows of a kind, read back from the record."""
    return lambda kind: [row for row in read_record(folder.events) if row["kind"] == kind]
