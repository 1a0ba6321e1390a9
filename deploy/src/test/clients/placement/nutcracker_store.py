"""Stores keys through twemproxy: store.py DISTRIBUTION,HASH[,TAG] COUNT HOST:PORT:STATS HOST:PORT[:WEIGHT]..."""
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

distribution, hash_name, *tag = sys.argv[1].split(",")
count, servers = int(sys.argv[2]), sys.argv[4:]
host, port, stats = sys.argv[3].split(":")


def lines():
    yield "pool:"
    yield f"  listen: {host}:{port}"
    yield f"  hash: {hash_name}"
    yield f"  distribution: {distribution}"
    yield "  auto_eject_hosts: false"
    yield "  timeout: 20000"
    if tag:
        yield f'  hash_tag: "{tag[0]}"'
    yield "  servers:"
    for server in servers:
        yield f"    - {server}" if server.count(":") == 2 else f"    - {server}:1"


def key(i):
    mixed = f"key-{i}" if i % 20 else f"schl\u00fcssel-{i}"
    return f"{mixed}-{tag[0][0]}{i % 7}{tag[0][1]}" if tag else mixed


def connect():
    deadline = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection((host, int(port)), timeout=60)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


with tempfile.TemporaryDirectory() as folder:
    conf = pathlib.Path(folder, "conf.yml")
    conf.write_text("\n".join(lines()) + "\n")
    nutcracker = subprocess.Popen(
        ["nutcracker", "-c", str(conf), "-a", host, "-s", stats, "-o", str(pathlib.Path(folder, "log"))]
    )
    try:
        with connect() as client:
            answers = client.makefile("rb")
            client.sendall("".join(f"set {key(i)} 0 0 1\r\nv\r\n" for i in range(count)).encode())
            for i in range(count):
                answer = answers.readline()
                assert answer == b"STORED\r\n", (key(i), answer)
    finally:
        nutcracker.kill()
        nutcracker.wait(timeout=10)
