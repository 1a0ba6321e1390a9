"""Stores keys by pymemcache's HashClient: store.py MODE COUNT HOST:PORT..."""
import sys

from pymemcache.client.hash import HashClient

servers = [(server.split(":")[0], int(server.split(":")[1])) for server in sys.argv[3:]]
client = HashClient(servers, default_noreply=False)
for i in range(int(sys.argv[2])):
    assert client.set(f"key-{i}", "v")
