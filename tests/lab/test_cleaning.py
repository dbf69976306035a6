"""Accounts, ledger and cleaning against a running lab: what a run makes is gone, also after it was killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from harness.accounts import Accounts, Held, clean_up, find_leaks, lease
from harness.cli import build
from harness.clients.select import dialect_of, door_to, link_to
from harness.clients.session import CloudSession
from harness.evidence import Recorder, RunFolder, create_run, read_record, write_json
from harness.lease import join
from harness.ledger import Ledger, sweep
from harness.ledger.remover import Remover
from harness.site import Site, load_site
from tests.evidence.canaries import found

pytestmark = pytest.mark.lab


class Keeper:
    """Names things after the run and keeps the ledger, as a story's client does."""

    def __init__(self, folder: RunFolder, tenant: str) -> None:
        self.folder, self.tenant, self.count = folder, tenant, 0

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{self.folder.prefix}{kind}-{self.tenant}-{self.count}"

    def creating(self, kind: str, name: str) -> Any:
        return Ledger(self.folder.ledger).creating(kind, name=name, tenant=self.tenant)


class Bench:
    """A run on the lab without pytest: its folder, its record, its accounts."""

    def __init__(self, site: Site, home: Path) -> None:
        self.site = site
        self.folder = create_run(site.name, home=home)
        write_json(self.folder.run, {"site": site.to_json()})
        self.record = Recorder(self.folder.events)
        self.held: Held = lease(site, self.folder, self.record)
        self.sessions = self.accounts.sessions("essex", self.record)

    @property
    def accounts(self) -> Accounts:
        return self.held.accounts

    def session(self, who: str) -> CloudSession:
        account = getattr(self.accounts, who)
        keeper = Keeper(self.folder, account.tenant_name)
        dialect = dialect_of("essex")
        return CloudSession(link_to(account, dialect, door_to(self.record), keeper), dialect)

    def create_everything(self) -> None:
        main, admin = self.session("main"), self.session("admin")
        image = main.images.upload(b"\0" * 5000)
        flavor = main.compute.flavors()[0]
        main.compute.create_server(image=image.id, flavor=flavor.id)
        main.compute.create_keypair()
        main.volumes.create(1)
        container = main.objects.put_container()
        main.objects.put(container, "a/b é", b"hello")
        self.session("other").volumes.create(1)
        tenant = admin.identity.create_tenant()
        admin.identity.create_user(password="s3cret-pass-word", tenant_id=tenant.id)

    def create_what_no_ledger_knows(self) -> None:
        raw = self.session("main").raw("compute")
        assert raw.send("POST", "/os-floating-ips", body={}).status == 200
        group = {"security_group": {"name": "stray", "description": "x"}}
        assert raw.send("POST", "/os-security-groups", body=group).status == 200


def no_service(place: str) -> Any:
    raise AssertionError(f"nothing was stopped, and certainly not {place}")


@pytest.fixture
def site(live_lab: Any) -> Site:
    return load_site(live_lab.info.site_file)


@contextmanager
def unchanged(live_lab: Any) -> Iterator[None]:
    """What the lab holds is the same afterwards, less the lasting accounts."""
    before = inventory(live_lab)
    yield
    assert inventory(live_lab) == before


def inventory(live_lab: Any) -> Counter[tuple[str, str]]:
    rows = live_lab.control("GET", "inventory").json()
    return Counter(
        (kind, row["id"])
        for kind, things in rows.items()
        for row in things
        if not (kind in ("user", "tenant") and row["name"] in ("deployday-1", "deployday-2"))
    )


def clean(*words: str) -> Result:
    return CliRunner().invoke(build(), ["clean", *words])


def test_a_run_that_ends_well_leaves_nothing(live_lab: Any, site: Site, tmp_path: Path) -> None:
    with unchanged(live_lab):
        bench = Bench(site, tmp_path)
        assert bench.accounts.own == bench.accounts.tenants == ("deployday-1", "deployday-2")
        assert (bench.accounts.missing, bench.accounts.before.unseen) == ({}, {})
        bench.create_everything()
        bench.create_what_no_ledger_knows()
        assert {thing.kind for thing in bench_leaks(bench)} == {
            *(
                "server",
                "volume",
                "image",
                "keypair",
                "container",
                "object",
                "address",
                "group",
                "user",
                "tenant",
            )
        }
        assert clean_up(bench.accounts, bench.folder, bench.sessions, service_at=no_service) == []
        assert Ledger(bench.folder.ledger).open_entries() == []
        strays = bench_leaks(bench)
        assert {thing.kind for thing in strays} == {"address", "group"}
        assert sweep(Remover(bench.sessions), strays) == {}
        assert bench_leaks(bench) == []
        bench.held.release()
    rows = [row for row in read_record(bench.folder.events) if row["kind"] == "run"]
    assert [row["phase"] for row in rows] == ["leased", "remainders", "returned", "returned"]
    assert all(row["ok"] for row in rows if row["phase"] == "returned")
    kept = {(row["kind"], row["name"]) for row in rows[1]["remainders"]}
    assert {("tenant", "deployday-1"), ("user", "deployday-2"), ("group", "default")} < kept
    for account in (bench.accounts.main, bench.accounts.other):
        assert account is not None
        assert not found(account.password, bench.folder.events)
        assert live_lab_refuses(bench, account)


def bench_leaks(bench: Bench) -> list[Any]:
    leaks = find_leaks(bench.accounts, bench.folder, bench.sessions)
    assert (leaks.foreign, leaks.unseen) == ((), {})
    return list(leaks.ours)


def live_lab_refuses(bench: Bench, account: Any) -> bool:
    """Whether the password of the run opens nothing any more."""
    answer = (
        bench.session("admin")
        .raw("identity")
        .send(
            "POST",
            "/tokens",
            token=None,
            body={
                "auth": {"passwordCredentials": {"username": account.username, "password": account.password}}
            },
        )
    )
    return answer.status == 401


def test_what_a_killed_run_left_is_removed(live_lab: Any, site: Site, tmp_path: Path) -> None:
    with unchanged(live_lab):
        bench = Bench(site, tmp_path)
        bench.create_everything()
        bench.create_what_no_ledger_knows()
        bench.record.close()
        done = clean(str(live_lab.info.site_file), "--runs", str(tmp_path))
        assert done.exit_code == 0, done.output
    assert "freed account deployday-1" in done.output
    assert "11 removed, 0 left" in done.output
    assert Ledger(bench.folder.ledger).open_entries() == []
    assert (
        "no run left anything behind" in clean(str(live_lab.info.site_file), "--runs", str(tmp_path)).output
    )


def test_a_run_that_is_alive_is_left_alone(live_lab: Any, site: Site, tmp_path: Path) -> None:
    bench = Bench(site, tmp_path)
    bench.create_everything()
    with join(bench.folder.lock):
        refused = CliRunner().invoke(
            build(), ["clean", str(live_lab.info.site_file), "--runs", str(tmp_path), "--wait", "0"]
        )
        assert "still alive" in str(refused.exception)
        refused = clean("--accounts", str(live_lab.info.site_file), "--runs", str(tmp_path / "other"))
        assert "the account is leased" in str(refused.exception)
    assert len(Ledger(bench.folder.ledger).open_entries()) == 9
    assert clean(bench.folder.short, "--runs", str(tmp_path)).exit_code == 0


def test_two_runs_share_no_account(site: Site, tmp_path: Path) -> None:
    first, second = Bench(site, tmp_path), Bench(site, tmp_path)
    try:
        assert not set(first.accounts.own) & set(second.accounts.own)
    finally:
        first.held.release()
        second.held.release()


def test_the_lasting_accounts_can_be_removed(live_lab: Any, site: Site, tmp_path: Path) -> None:
    Bench(site, tmp_path).held.release()
    done = clean("--accounts", str(live_lab.info.site_file), "--runs", str(tmp_path))
    assert done.exit_code == 0, done.output
    rows = live_lab.control("GET", "inventory").json()
    assert not [
        row for kind in ("user", "tenant") for row in rows[kind] if row["name"].startswith("deployday-")
    ]


def test_without_an_administrator_the_sites_own_account_is_used(live_lab: Any, tmp_path: Path) -> None:
    with unchanged(live_lab):
        plain = load_site(plain_site(live_lab, tmp_path))
        bench = Bench(plain, tmp_path / "runs")
        assert (bench.accounts.own, bench.accounts.admin) == ((), None)
        assert set(bench.accounts.missing) == {"admin", "second_account"}
        stray = bench.session("main")
        stray.volumes.create(1)
        theirs = stray.volumes.create(1, "payroll")
        Ledger(bench.folder.ledger).gone_id("volume", theirs.id)
        done = clean(str(plain.path), "--runs", str(tmp_path / "runs"))
        assert done.exit_code == 0, done.output
        assert [volume.name for volume in stray.volumes.list()] == ["payroll"]
        leaks = find_leaks(bench.accounts, bench.folder, bench.sessions)
        assert [thing.name for thing in (*leaks.ours, *leaks.foreign)] == ["payroll"]
        stray.volumes.delete(theirs.id)
        bench.held.release()


def plain_site(live_lab: Any, folder: Path) -> Path:
    """A site with the account of a plain user, and no second one."""
    text = live_lab.info.site_file.read_text()
    name = next(cloud for cloud in live_lab.clouds if cloud != live_lab.info.name)
    kept = [
        line
        for line in text.splitlines()
        if not line.startswith(
            ("cloud:", "other_cloud:", "clouds_file:", "ssh:", "hosts:", "  ", "disruptive:", "lab:")
        )
    ]
    kept += [f"cloud: {name}", f"clouds_file: {live_lab.folder / 'clouds.yaml'}"]
    path = folder / "plain.yaml"
    path.write_text("\n".join(kept) + "\n")
    return path


def test_a_second_account_must_be_a_strangers(live_lab: Any, site: Site, tmp_path: Path) -> None:
    """An administrator sees what strangers must not; nobody is a stranger in one's own tenant."""
    folder = live_lab.info.site_file.parent
    text = live_lab.info.site_file.read_text(encoding="utf-8")
    cloud = site.file.cloud
    why = {}
    for name, main, other in (
        ("admin", f"{cloud}-demo", cloud),
        ("same", f"{cloud}-demo", f"{cloud}-demo"),
        ("good", cloud, f"{cloud}-demo"),
    ):
        path = folder / f"{name}.yaml"
        kept = [line for line in text.splitlines() if not line.startswith("cloud:")]
        path.write_text("\n".join([*kept, f"cloud: {main}", f"other_cloud: {other}", "accounts: site"]))
        accounts = Bench(load_site(path), tmp_path).accounts
        why[name] = accounts.missing.get("second_account", "")
        assert (accounts.other is None) == bool(why[name])
    assert "admin, is an administrator: it may see all" in why["admin"]
    assert "is in the same tenant, demo" in why["same"]
    assert why["good"] == ""
