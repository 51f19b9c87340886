"""Nothing phones home: a real process imports, indexes and answers while every way out is watched.

Two witnesses. An audit hook in each Python process records and refuses whatever is not loopback. Where Linux
namespaces are to be had, the process also has no network at all, and the kernel counts what compiled code tries.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import write_corpus

SOURCE = Path(__file__).parents[1] / "src"
FILES = {
    "proxmox.md": "# Proxmox VE\n\nProxmox VE is an open source platform that can replace VMware. It runs on Debian.\n",
    "cryptpad.txt": "CryptPad is an office suite that encrypts documents in the browser. Its licence is the AGPL.\n",
}

# Python imports a module of this name at its start, in grandchildren too.
SITECUSTOMIZE = """
import ipaddress, json, os, sys

record = os.open(os.environ["NETWORK_RECORD"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
SENDS = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getnameinfo"}

def is_local(host):
    host = host.decode() if isinstance(host, bytes) else host
    if host in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified

def guard(event, arguments):
    if event in LOOKUPS:
        host = arguments[0]
    elif event in SENDS and isinstance(arguments[-1], tuple):  # other addresses are Unix sockets
        host = arguments[-1][0]
    else:
        return
    if not is_local(host):
        os.write(record, (json.dumps([event, str(host)]) + "\\n").encode())
        raise OSError(f"{event} {host}: this process may not leave the machine")

sys.addaudithook(guard)
"""

WORK = """
import json, sys
from pathlib import Path

import osxp_rag
import bm25s, chromadb, gradio, llama_index.core, sentence_transformers, tokenizers, torch, transformers
from osxp_rag import Assistant, Settings
from osxp_rag.index import update

settings = Settings(corpus=Path("corpus"), index=Path("index"))
assert update(settings).failures == ()
print(json.dumps(Assistant.open(settings).ask("What can replace VMware?").to_dict()))
"""

REACH_OUT = """
import socket
for attempt in (
    lambda: socket.getaddrinfo("example.invalid", 443),
    lambda: socket.create_connection(("192.0.2.1", 443), timeout=1),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"?", ("192.0.2.1", 53)),
    lambda: socket.create_connection(("127.0.0.1", 9), timeout=1),
):
    try:
        attempt()
    except OSError:
        pass
"""

# A compiled library's way out, which no audit hook sees.
REACH_OUT_COMPILED = """
import ctypes, socket, struct
libc = ctypes.CDLL(None)
address = struct.pack("=HH4s8x", socket.AF_INET, socket.htons(443), socket.inet_aton("192.0.2.1"))
libc.connect(libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0), address, len(address))
"""

COUNT_PACKETS = """
import json
from pathlib import Path
names, values = (line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip:"))
ip = dict(zip(names, values))
sent = int(ip["OutRequests"]) + int(ip["OutNoRoutes"])
Path("packets.json").write_text(json.dumps(sent))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What a watched process printed and tried; `packets` is None where the kernel could not be asked."""

    output: str
    attempts: list[list[str]]
    packets: int | None


@cache
def has_namespaces() -> bool:
    try:
        return subprocess.run(["unshare", "-rn", "true"], capture_output=True, timeout=30).returncode == 0
    except OSError:
        return False


def run_watched(program: str, folder: Path) -> Run:
    """Run a program in a new process, with an empty home and, where that can be had, with no network."""
    guard, home, record = folder / "guard", folder / "home", folder / "attempts.jsonl"
    guard.mkdir()
    home.mkdir()
    (guard / "sitecustomize.py").write_text(SITECUSTOMIZE, encoding="utf-8")
    environment = {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "NETWORK_RECORD": str(record),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(guard), str(SOURCE)]),
    }
    isolated = ["unshare", "-rn"] if has_namespaces() else []
    program += COUNT_PACKETS if isolated else ""
    command = [*isolated, sys.executable, "-c", program]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    attempts = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    packets = json.loads((folder / "packets.json").read_text(encoding="utf-8")) if isolated else None
    return Run(done.stdout, attempts, packets)


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    folder = tmp_path_factory.mktemp("offline")
    write_corpus(folder / "corpus", FILES)
    return run_watched(WORK, folder)


@pytest.mark.slow
def test_a_process_without_a_network_indexes_and_answers(work):
    answer = json.loads(work.output.splitlines()[-1])
    assert answer["status"] == "answered"
    assert answer["citations"][0]["document"] == "proxmox.md"


@pytest.mark.slow
def test_no_library_looks_up_or_contacts_an_outside_address(work):
    assert work.attempts == []


@pytest.mark.slow
def test_no_compiled_code_sends_a_packet(work):
    if work.packets is None:
        pytest.skip("unshare -rn does not work here: no network namespace to count packets in")
    assert work.packets == 0


def test_the_guard_records_each_attempt_but_those_on_loopback(tmp_path):
    assert run_watched(REACH_OUT, tmp_path).attempts == [
        ["socket.getaddrinfo", "example.invalid"],
        ["socket.getaddrinfo", "192.0.2.1"],
        ["socket.sendto", "192.0.2.1"],
    ]


@pytest.mark.skipif(not has_namespaces(), reason="unshare -rn does not work here")
def test_the_kernel_counts_what_compiled_code_tries(tmp_path):
    assert run_watched(REACH_OUT_COMPILED, tmp_path).packets == 1
