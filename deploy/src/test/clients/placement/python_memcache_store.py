"""Stores keys by python-memcached: store.py MODE COUNT HOST:PORT[:WEIGHT]..."""
import sys

import memcache

servers = []
for server in sys.argv[3:]:
    host, port, weight = (server + ":1").split(":")[:3]
    servers.append((f"{host}:{port}", int(weight)))
client = memcache.Client(servers)
for i in range(int(sys.argv[2])):
    key = f"key-{i}" if i % 20 else f"schl\u00fcssel-{i}"
    assert client.set(key, "v")
