"""What is on the disk that a guest boots from: the files of an image, as far as the lab knows them."""

from __future__ import annotations

from harness.lab.guests.disks import from_disk
from harness.lab.guests.tree import Node, Tree
from harness.lab.world import Image, World

PASSWORDS = {"cirros": "cubswin:)"}
"""Login → the password that images of that name are known for; others let nobody in by password."""
_STOCK = "guests.stock"
_DISK = 512 << 20


def root_of(world: World, image_id: str) -> Tree | None:
    """The files of an image: stock ones of a described image, those that an image of a server carries; None
    where the bytes of the image are no disk that the lab knows, so that nothing boots from it.
    """
    image = world.images.get(image_id)
    if image is None or image.content is None:
        return None
    carried = from_disk(_bytes(image), _DISK)
    if carried is not None:
        return carried
    described = _described(world, image)
    return stock(described, world.arch.model.images[described].login or "root") if described else None


def _bytes(image: Image) -> bytes:
    if isinstance(image.content, bytes):
        return image.content
    return b"".join(image.content.chunks()) if image.content is not None else b""


def remember_stock(world: World) -> None:
    """Keep the checksums of the described images: who uploads one of them again can boot it, too."""
    rows = [row for row in world.images.values() if row.disk_format not in ("aki", "ari")]
    world.parts[_STOCK] = {row.checksum: row.name for row in rows if row.name in world.arch.model.images}


def _described(world: World, image: Image) -> str | None:
    """The name under which these very bytes were described."""
    found: str | None = world.parts[_STOCK].get(image.checksum)
    return found


def login_of(tree: Tree) -> str:
    """The user of an image, from its password file."""
    rows = [row.split(":") for row in tree.read("/etc/passwd").decode(errors="replace").splitlines()]
    return next((row[0] for row in rows if len(row) > 2 and row[2] == "1000"), "root")


def stock(name: str, login: str) -> Tree:
    """A small Linux as it comes."""
    tree = Tree()
    for path in (
        "/bin",
        "/dev",
        "/etc",
        "/home",
        "/media",
        "/mnt",
        "/proc",
        "/root",
        "/run",
        "/sbin",
        "/usr",
    ):
        tree.put(path, Node(None, mode=0o755))
    tree.put("/var", Node(None, mode=0o755))
    tree.put("/tmp", Node(None, mode=0o1777))  # noqa: S108 - of the guest
    tree.put(f"/home/{login}", Node(None, login, 0o755))
    system = "CirrOS 0.3.0" if login == "cirros" else f"{name} (Linux)"
    texts = {
        "/etc/passwd": f"root:x:0:0:root:/root:/bin/sh\n{login}:x:1000:1000::/home/{login}:/bin/sh\n",
        "/etc/hosts": "127.0.0.1\tlocalhost\n",
        "/etc/issue": f"{system}\n",
        "/etc/fstab": "/dev/vda / ext3 defaults 0 1\n",
    }
    for path, text in texts.items():
        tree.put(path, Node(text.encode()))
    return tree
