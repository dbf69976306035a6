"""The shell of a guest and its words."""

import shutil
import subprocess

import pytest

from harness.lab.guests.vocabulary import WORDS
from tests.lab.guest_cloud import Guests


@pytest.fixture(scope="module")
def here():
    lab = Guests()
    return lab, lab.boot()


SAME = [
    "echo a b  c",
    "echo 'a  b' \"c  $HOME_LESS d\" e\\ f",
    "false; echo $?; true; echo $?",
    "false && echo no || echo yes",
    "true && echo yes || echo no",
    "! true; echo $?",
    "X=1; echo $X${X}x \"$X\" '$X'",
    "echo $(echo inner; echo two) `echo back`",
    "echo \"$(echo 'a  b')\"",
    "printf 'a%sb\\n' 7",
    "echo one two | wc -w | tr -d ' '",
    "printf 'b\\na\\n' | grep a; printf 'x' | grep -q y; echo $?",
    "echo abc | md5sum; echo abc | sha256sum; printf '' | sha1sum",
    "echo x | cat - | head -n 1",
    "printf '1\\n2\\n3\\n' | tail -n 1; printf '1\\n2\\n3\\n' | head -2",
    "[ 1 -lt 2 ] && test -n x && ! test -z x && echo good",
    "test a = b; echo $?; [ a != b ]; echo $?",
    "sh -c 'echo $0 >/dev/null; exit 3'; echo $?",
    "echo err >&2; echo out",
    "echo hi 2>/dev/null",
    "echo a; # a comment\necho b",
    "echo 'it'\\''s'; echo \"a\\\"b\\$c\"",
    "echo a>x;cat x;echo b>>x;cat<x;rm x",
    "mkdir -p q/r; echo 1 > q/r/f; ls q; cat q/r/*; rm -r q; test -e q; echo $?",
    "nonsense 2>/dev/null; echo $?",
    "printf 'hello' | dd bs=2 skip=1 count=1 2>/dev/null",
]


@pytest.mark.skipif(shutil.which("busybox") is None, reason="no busybox on this machine")
@pytest.mark.parametrize("line", SAME)
def test_a_line_does_what_busybox_does(here, line, tmp_path):
    lab, server = here
    real = subprocess.run(
        ["busybox", "sh", "-c", line], capture_output=True, cwd=tmp_path, env={"HOME": "/x"}, check=False
    )
    mine = lab.do(server, line)
    assert (mine.status, mine.out) == (real.returncode, real.stdout)


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("if true; then echo x; fi", 2, b'unexpected "if"'),
        ("echo 'open", 2, b"unterminated"),
        ("a |", 2, b"unexpected"),
        ("echo a & echo b", 2, b'unexpected "&"'),
        ("cat /nowhere", 1, b"No such file or directory"),
        ("echo x > /etc/passwd", 1, b"can't create /etc/passwd: Permission denied"),
        ("vi", 127, b"sh: vi: not found"),
        ("cat /dev/urandom", 1, b"endless"),
        ("dd if=/dev/zero of=/tmp/x bs=1M count=100000", 1, b"No space left"),
        ("dd if=/dev/zero", 1, b"endless"),
        ("cd /nowhere", 1, b"No such file"),
        ("cat /root/.ssh/authorized_keys", 1, b"can't open"),
    ],
)
def test_refusals(here, line, status, said):
    lab, server = here
    done = lab.do(server, line)
    assert (done.status, said in done.err) == (status, True), done


def test_sudo_is_root_and_redirections_are_not(here):
    lab, server = here
    assert lab.text(server, "sudo whoami; whoami; sudo sh -c 'id -u'; sudo id") == (
        "root\ncirros\n0\nuid=0(root) gid=0(root) groups=0(root)\n"
    )
    assert lab.do(server, "sudo echo x > /etc/y").status == 1
    assert lab.text(
        server, "sudo sh -c 'echo x > /etc/y'; cat /etc/y; echo z | sudo tee /etc/y; cat /etc/y"
    ) == ("x\nz\nz\n")


def test_files_of_others_and_modes(here):
    lab, server = here
    line = "sudo sh -c 'mkdir /srv && echo s > /srv/f && chmod 600 /srv/f'; cat /srv/f; sudo cat /srv/f"
    assert lab.do(server, line).out == b"s\n"
    assert lab.do(server, "rm /srv/f").err == b"rm: Permission denied\n"
    assert "-rw-------" in lab.text(server, "ls -l /srv")


def test_inputs_that_are_too_much_end(here):
    lab, server = here
    assert lab.do(server, "echo " + "x" * 70_000).status == 2
    deep = "echo x"
    for _ in range(40):
        deep = f"echo $({deep})"
    assert lab.do(server, deep).status in (0, 2)
    assert lab.do(server, "sh -c '" * 3 + "x").status == 2


def test_every_word_answers_nonsense_without_a_trip(here):
    lab, server = here
    for word in WORDS:
        if word not in ("sleep", "exit"):
            done = lab.do(server, f"{word} --nonsense 'a b' /nowhere")
            assert isinstance(done.status, int), word
