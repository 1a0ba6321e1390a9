"""Stores keys by pylibmc: store.py MODE COUNT HOST:PORT[:WEIGHT]..."""
import sys

import pylibmc

mode, count, servers = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
behaviors = {"verify_keys": False}
for word in mode.split(","):
    name, _, value = word.partition("=")
    if name in ("hash", "ketama_hash", "distribution"):
        behaviors[name] = value
    elif name == "ketama_weighted":
        behaviors[name] = True
client = pylibmc.Client(servers, behaviors=behaviors)
for i in range(count):
    key = f"key-{i}" if i % 20 else f"schl\u00fcssel-{i}"
    assert client.set(key, "v")
