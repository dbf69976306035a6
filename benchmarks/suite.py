"""What the harness costs per call beside the time on the wire, at a service time of 5 ms.

The anchor is a plain session of ``requests`` that keeps its connection and sends the same requests to the
same small server in the same run. Ours goes the way of every story: the dialect's client, keystoneauth, the
recording door, redaction, one write to a record on disk. Prints medians, spread, n and the ratio: of the
clock, which a busy machine makes larger, and of the processor, which it does not.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import requests

from harness.clients.select import dialect_of, door_to, link_to
from harness.clients.session import CloudSession
from harness.credentials import Account
from harness.evidence import Recorder

TENANT, TOKEN = "7e0a5c1d" * 4, "70ce9000" * 4
ROUND = 20
"""Calls of one side before the other one's turn."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=25)
    options.add_argument("--service-time", type=float, default=5.0, metavar="MS")
    options.add_argument("--servers", type=int, default=4, help="servers in the listing")
    chosen = options.parse_args()
    answers = documents(chosen.servers)
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    words = (listening, {path: json.dumps(body(url)) for path, body in answers.items()})
    serving = multiprocessing.get_context("fork").Process(
        target=serve, args=(*words, chosen.service_time / 1000), daemon=True
    )
    serving.start()
    listening.close()
    try:
        with tempfile.TemporaryDirectory() as folder:
            compare(url, Path(folder) / "events.jsonl", chosen.rounds, chosen.service_time)
    finally:
        serving.kill()


def compare(url: str, record: Path, rounds: int, service_time: float) -> None:
    """Turn about, so that a noisy minute of the machine hits both."""
    recorder = Recorder(record)
    account = Account(f"{url}/v2.0", "demo", "s3cret-pass", "demo", tenant_id=TENANT)
    dialect = dialect_of("essex")
    ours = CloudSession(link_to(account, dialect, door_to(recorder)), dialect)
    plain = requests.Session()
    paths = {"one server": f"/v2/{TENANT}/servers/1", "flavors": f"/v2/{TENANT}/flavors/detail"}
    calls: dict[str, Callable[[], Any]] = {
        "one server": lambda: ours.compute.server("1"),
        "flavors": lambda: ours.compute.flavors(),
    }
    for name, call in calls.items():
        target, sent = f"{url}{paths[name]}", _requests(record, call)

        def anchor(target: str = target, sent: int = sent) -> None:
            for _ in range(sent):
                headers = {"X-Auth-Token": TOKEN, "Accept": "application/json"}
                plain.get(target, headers=headers).json()

        anchor()
        theirs, mine = [], []
        for _ in range(rounds):
            theirs += [timed(anchor, sent) for _ in range(ROUND)]
            mine += [timed(call, sent) for _ in range(ROUND)]
        print(f"{name} (n={len(mine)}, service time {service_time:g} ms):")
        wire = statistics.median(each.wall for each in theirs)
        for what in ("wall", "processor"):
            plain_ms, our_ms = ([getattr(each, what) for each in side] for side in (theirs, mine))
            adds = statistics.median(our_ms) - statistics.median(plain_ms)
            share = f"{100 * adds / wire:.1f} % of the time on the wire"
            print(f"  {what}: plain {spread(plain_ms)}, ours {spread(our_ms)}, {adds:+.2f} ms: {share}")
    recorder.close()


def _requests(record: Path, call: Callable[[], Any]) -> int:
    """How many requests a call sends once there is a token."""
    call()
    before = record.read_bytes().count(b"\n")
    call()
    return record.read_bytes().count(b"\n") - before


class Took(NamedTuple):
    """Milliseconds a request: of the clock, and of this process on a processor."""

    wall: float
    processor: float


def timed(call: Callable[[], Any], sent: int) -> Took:
    """One call of so many requests."""
    wall, processor = time.perf_counter(), time.process_time()
    call()
    took = time.perf_counter() - wall, time.process_time() - processor
    return Took(*(1000 * seconds / sent for seconds in took))


def spread(values: list[float]) -> str:
    low, _, high = statistics.quantiles(values, n=4)
    return f"{statistics.median(values):.2f} ms ({low:.2f} to {high:.2f})"


def documents(count: int) -> dict[str, Callable[[str], Any]]:
    """What the server answers, by path; as long as an Essex answers."""
    addresses = {"private": [{"version": 4, "addr": "10.0.0.3"}, {"version": 4, "addr": "203.0.113.65"}]}
    server = {
        "id": "1", "name": "deployday-3f2a-server-1", "status": "ACTIVE", "tenant_id": TENANT,
        "user_id": "u1",
        "hostId": "a" * 56, "addresses": addresses, "key_name": "", "accessIPv4": "", "accessIPv6": "",
        "created": "2012-05-04T06:00:00Z", "updated": "2012-05-04T06:00:09Z", "progress": 100,
        "OS-EXT-STS:vm_state": "active", "OS-EXT-STS:task_state": None, "OS-EXT-STS:power_state": 1,
        "OS-DCF:diskConfig": "MANUAL", "config_drive": "", "metadata": {"role": "test"},
        "flavor": {"id": "1", "links": [{"rel": "bookmark", "href": "http://127.0.0.1:8774/flavors/1"}]},
        "image": {"id": "i" * 36, "links": [{"rel": "bookmark", "href": "http://127.0.0.1:8774/images/1"}]},
        "links": [{"rel": "self", "href": f"http://127.0.0.1:8774/v2/{TENANT}/servers/1"}],
    }  # fmt: skip
    sizes = {"ram": 512, "vcpus": 1, "disk": 10, "swap": "", "rxtx_factor": 1.0}
    flavors = [
        {"id": str(n), "name": f"m1.{n}", **sizes, "OS-FLV-EXT-DATA:ephemeral": 0, "links": server["links"]}
        for n in range(1, count + 2)
    ]

    def access(url: str) -> Any:
        ends = {"publicURL": f"{url}/v2/{TENANT}", "region": "R", "adminURL": url, "internalURL": url}
        catalogue = [{"type": "compute", "name": "nova", "endpoints": [ends], "endpoints_links": []}]
        tenant = {"id": TENANT, "name": "demo", "enabled": True, "description": ""}
        token = {"id": TOKEN, "expires": "2099-01-01T00:00:00Z", "tenant": tenant}
        user = {
            "id": "u1",
            "name": "demo",
            "username": "demo",
            "roles": [{"name": "Member"}],
            "roles_links": [],
        }
        return {"access": {"token": token, "user": user, "serviceCatalog": catalogue}}

    return {
        "POST /v2.0/tokens": access,
        f"GET /v2/{TENANT}/servers/1": lambda url: {"server": server},
        f"GET /v2/{TENANT}/flavors/detail": lambda url: {"flavors": flavors},
    }


def serve(listening: socket.socket, answers: dict[str, str], service_time: float) -> None:
    """Answer on kept connections, each answer in one piece and not before the service time."""
    while True:
        connection, _ = listening.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_answer, args=(connection, answers, service_time), daemon=True).start()


def _answer(connection: socket.socket, answers: dict[str, str], service_time: float) -> None:
    stream = connection.makefile("rb")
    while line := stream.readline():
        end = time.perf_counter() + service_time
        length = 0
        while header := stream.readline().strip().lower():
            if header.startswith(b"content-length:"):
                length = int(header.partition(b":")[2])
        stream.read(length)
        method, target, _ = line.decode().split(" ", 2)
        body = answers.get(f"{method} {target.partition('?')[0]}", '{"flavors": []}').encode()
        if "marker" in target:
            body = b'{"flavors": []}'
        time.sleep(max(0.0, end - time.perf_counter()))
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        connection.sendall(head.encode() + b"Date: Fri, 04 May 2012 06:00:00 GMT\r\n\r\n" + body)


if __name__ == "__main__":
    main()
