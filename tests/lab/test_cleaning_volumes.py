"""What a killed run left of volumes is removed in an order that works: servers let go of them first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.clients.errors import Conflict, NotFound
from harness.ledger import Ledger, Thing
from harness.ledger.remover import Remover
from harness.site import Site
from harness.waiting import wait
from tests.lab.test_cleaning import Bench, clean, site, unchanged

pytestmark = pytest.mark.lab
__all__ = ["site"]


def attached(bench: Bench) -> tuple[str, str]:
    """A server and the volume that is being attached to it, when the run is killed."""
    main = bench.session("main")
    image = main.images.upload(b"\0" * 5000)
    server = main.compute.create_server(image=image.id, flavor=main.compute.flavors()[0].id).id
    volume = main.volumes.create(1).id
    reached(lambda: main.compute.server(server).status, "ACTIVE")
    reached(lambda: main.volumes.show(volume).status, "available")
    return server, volume


def reached(probe: Any, goal: str) -> None:
    assert wait(probe, lambda seen: seen == goal, limit=10).outcome == "reached"


def test_an_attached_volume_is_taken_off_first(live_lab: Any, site: Site, tmp_path: Path) -> None:
    with unchanged(live_lab):
        bench = Bench(site, tmp_path)
        main = bench.session("main")
        server, volume = attached(bench)
        main.volumes.create_snapshot(volume)
        reached(lambda: main.volumes.snapshots()[0].status, "available")
        main.volumes.attach(server, volume, "/dev/vdc")
        reached(lambda: main.volumes.show(volume).status, "in-use")
        bench.record.close()
        kinds = [entry.kind for entry in Ledger(bench.folder.ledger).open_entries()]
        assert kinds == ["attachment", "server", "snapshot", "volume", "image"]
        done = clean(str(live_lab.info.site_file), "--runs", str(tmp_path))
        assert done.exit_code == 0, done.output
        assert "5 removed, 0 left" in done.output


@pytest.mark.parametrize("arrived", [True, False])
def test_a_run_killed_between_attaching_and_its_answer(
    live_lab: Any, site: Site, tmp_path: Path, arrived: bool
) -> None:
    """The entry stands before the request; whether that arrived is found out."""
    with unchanged(live_lab):
        bench = Bench(site, tmp_path)
        server, volume = attached(bench)
        with Ledger(bench.folder.ledger).creating("attachment", name="", tenant="deployday-1") as entry:
            entry.made(f"{server}/{volume}")
            if arrived:
                body = {"volumeAttachment": {"volumeId": int(volume), "device": "/dev/vdc"}}
                path = f"/servers/{server}/os-volume_attachments"
                assert bench.session("main").raw("compute").send("POST", path, body=body).status == 200
        bench.record.close()
        done = clean(str(live_lab.info.site_file), "--runs", str(tmp_path))
        assert done.exit_code == 0, done.output
        assert f"{4 if arrived else 3} removed, 0 left" in done.output


def test_what_is_still_being_attached_is_not_absent(live_lab: Any, site: Site, tmp_path: Path) -> None:
    with unchanged(live_lab):
        bench = Bench(site, tmp_path)
        main, remover = bench.session("main"), Remover(bench.sessions)
        server, volume = attached(bench)
        thing = Thing("attachment", f"{server}/{volume}", "", "deployday-1")
        with pytest.raises(NotFound):
            remover.delete(thing)
        main.volumes.attach(server, volume, "/dev/vdc")
        with pytest.raises(Conflict, match="still being attached"):
            remover.delete(thing)
        assert remover.exists(thing)
        reached(lambda: main.volumes.show(volume).status, "in-use")
        assert remover.list("attachment", "deployday-1") == [thing]
        remover.delete(thing)
        reached(lambda: str(remover.exists(thing)), "False")
        assert clean(bench.folder.short, "--runs", str(tmp_path)).exit_code == 0
