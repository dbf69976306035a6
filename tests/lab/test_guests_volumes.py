"""Volumes as guests see them: bytes that stay."""

import pytest

from harness.lab.guests.disks import GB, MOST_WRITTEN, Block
from harness.lab.guests.state import guests
from harness.lab.guests.tree import FileProblem, Tree
from tests.lab.guest_cloud import Guests


@pytest.fixture
def lab():
    return Guests()


def written(lab):
    """A volume with a file on it, attached to the first of two servers."""
    first, second, volume = lab.boot("a"), lab.boot("b"), lab.volume()
    lab.attach(first, volume)
    lab.text(first, "sudo mkfs.ext3 /dev/vdb && sudo mount /dev/vdb /mnt && sudo sh -c 'echo kept > /mnt/f'")
    return first, second, volume


def test_a_volume_keeps_its_bytes_on_the_way_to_the_neighbour(lab):
    first, second, volume = written(lab)
    assert "vdb" in lab.text(first, "cat /proc/partitions")
    assert "/dev/vdb /mnt ext3" in lab.text(first, "cat /proc/mounts")
    before = lab.text(first, "sudo umount /mnt && sudo md5sum /dev/vdb").split()[0]
    lab.detach(first, volume)
    assert "vdb" not in lab.text(first, "cat /proc/partitions")
    lab.attach(second, volume, "/dev/vdc")
    assert lab.text(second, "sudo md5sum /dev/vdc").split()[0] == before
    assert lab.text(second, "sudo mount /dev/vdc /mnt && cat /mnt/f") == "kept\n"


def test_what_is_mounted_when_it_is_detached_is_not_lost(lab):
    first, second, volume = written(lab)
    lab.detach(first, volume)
    assert lab.do(first, "cat /mnt/f").status == 1
    lab.attach(second, volume)
    assert lab.text(second, "sudo mount /dev/vdb /mnt; cat /mnt/f") == "kept\n"


def test_a_snapshot_keeps_what_was_there_then(lab):
    first, second, volume = written(lab)
    snapshot = lab.snapshot(volume)
    lab.text(first, "sudo sh -c 'echo later > /mnt/f'")
    copy = lab.volume(snapshot_id=snapshot)
    lab.attach(second, copy)
    assert lab.text(second, "sudo mount /dev/vdb /mnt; cat /mnt/f") == "kept\n"
    lab.text(second, "sudo sh -c 'echo copy > /mnt/f'")
    assert lab.text(first, "cat /mnt/f") == "later\n"


def test_a_copied_root_boots(lab):
    first, volume = lab.boot("a"), lab.volume()
    lab.attach(first, volume)
    lab.text(first, "echo mine > kept; sudo dd if=/dev/vda of=/dev/vdb bs=1M")
    lab.detach(first, volume)
    for number in range(2):
        mapping = [
            {"device_name": "vda", "volume_id": str(volume), "volume_size": "", "delete_on_termination": 0}
        ]
        server = lab.boot(f"from-volume-{number}", block_device_mapping=mapping)
        assert lab.text(server, "cat kept; hostname") == f"mine\nfrom-volume-{number}\n" + "more\n" * 0
        if number:
            assert lab.text(server, "cat more") == "yes\n"
        lab.text(server, "echo yes > more")
        lab.cloud.ask("DELETE", f"servers/{server}")
        lab.settle()


def test_raw_bytes_through_dd(lab):
    server, volume = lab.boot(), lab.volume()
    lab.attach(server, volume)
    done = lab.do(server, "echo hello | sudo dd of=/dev/vdb bs=512 seek=3 conv=notrunc")
    assert done.err.startswith(b"0+1 records in\n0+1 records out\n")
    assert lab.text(server, "sudo dd if=/dev/vdb bs=512 skip=3 count=1 2>/dev/null | head -c 6") == "hello\n"
    lab.text(
        server, "sudo dd if=/dev/urandom of=/tmp/r bs=1k count=64 && sudo dd if=/tmp/r of=/dev/vdb bs=4k"
    )
    sums = lab.text(
        server, "md5sum < /tmp/r; sudo dd if=/dev/vdb bs=64k count=1 2>/dev/null | md5sum"
    ).splitlines()
    assert sums[0] == sums[1]
    end = lab.do(server, "sudo dd if=/dev/urandom of=/dev/vdb bs=1M seek=1023 count=2")
    assert (end.status, b"No space left on device" in end.err) == (1, True)


def test_only_root_touches_disks_and_only_free_ones(lab):
    first, _, _ = written(lab)
    for line in (
        "dd if=/dev/vdb of=x count=1",
        "mount /dev/vdb /mnt",
        "mkfs.ext3 /dev/vdb",
        "echo x > /dev/vdb",
    ):
        assert b"Permission denied" in lab.do(first, line).err, line
    for line in (
        "mkfs.ext3 /dev/vdb",
        "mkfs.ext3 /dev/vda",
        "mount /dev/vdb /media",
        "dd if=/dev/zero of=/dev/vdb count=1",
    ):
        assert b"busy" in lab.do(first, f"sudo {line}").err, line
    assert b"Invalid argument" in lab.do(first, "sudo umount /media").err


def test_a_file_for_nothing_but_what_was_written(lab, tmp_path):
    block = Block(tmp_path / "b", GB)
    assert block.write(100 << 20, bytes(1 << 20)) == 1 << 20
    assert not block.path.exists()
    assert block.write(GB - 3, b"abcdef") == 3
    assert block.read(GB - 4, 10) == b"\0abc"
    assert block.path.stat().st_blocks * 512 < 1 << 20
    whole, piece = MOST_WRITTEN + (4 << 20), b"x" * (4 << 20)
    with pytest.raises(FileProblem, match="Input/output"):
        [block.write(at, piece) for at in range(0, whole, len(piece))]


def test_a_copy_shares_until_somebody_writes(tmp_path):
    one, two = Block(tmp_path / "1", GB), Block(tmp_path / "2", GB)
    one.write(0, b"first")
    two.become(one)
    assert two.path.stat().st_nlink == 2
    one.write(0, b"other")
    assert (one.read(0, 5), two.read(0, 5)) == (b"other", b"first")


def test_a_volume_that_is_gone_leaves_no_file(lab):
    volume = written(lab)[2]
    path = guests(lab.world).volume_block(volume).path
    first = next(iter(lab.world.servers))
    assert path.exists()
    lab.detach(first, volume)
    lab.cloud.ask("DELETE", f"volumes/{volume}", app="nova-volume")
    lab.settle()
    assert not path.exists()


def test_garbage_on_a_disk_is_no_file_system(tmp_path):
    block = Block(tmp_path / "b", GB)
    block.format()
    assert block.files() is not None
    block.write(4096 + 20, (1 << 60).to_bytes(8, "big"))
    assert block.files() is None
    block.format()
    block.write(4096 + 28, b"\xff" * 600)
    assert block.files() is None
    with pytest.raises(FileProblem):
        Tree.unpacked(b"\xff" * 2048)
