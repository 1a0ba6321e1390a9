"""pymemcache on one connection, until a line comes on standard input. Arguments: HOST PORT."""

import select
import sys

from pymemcache.client.base import Client

client = Client((sys.argv[1], int(sys.argv[2])), default_noreply=False, connect_timeout=10, timeout=10)
client.set("holding-pymemcache", b"0")
rounds = 0
while not select.select([sys.stdin], [], [], 0.005)[0]:
    rounds += 1
    counted = client.incr("holding-pymemcache", 1)
    value = b"value %d" % rounds
    client.set("holding-pymemcache-value", value)
    read = client.get("holding-pymemcache-value")
    if counted != rounds or read != value:
        sys.exit("pymemcache, round %d: counted %r, read %r" % (rounds, counted, read))
    print("round", rounds, flush=True)
