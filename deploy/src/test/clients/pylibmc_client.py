"""pylibmc, the Python face of libmemcached. Arguments: HOST PORT text|binary."""

import sys

import pylibmc
from checks import BINARY, LARGE, UNICODE, Checks


def values(client, checks):
    for what, value in [("plain", b"value"), ("empty", b""), ("binary", BINARY), ("large", LARGE),
                        ("unicode", UNICODE), ("number", 7), ("object", {"list": [1, 2, {"deep": None}]})]:
        checks.same("set " + what, client.set(checks.key(what), value), True)
        checks.same("get " + what, client.get(checks.key(what)), value)
    checks.same("set of a long key", client.set(checks.long_key()[:249], b"long"), True)
    checks.same("get of a long key", client.get(checks.long_key()[:249]), b"long")
    checks.same("get of nothing", client.get(checks.key("nothing")), None)
    checks.fails("a value above the limit", pylibmc.Error, lambda: client.set(checks.key("huge"), b"x" * 1048577))
    checks.same("get after it", client.get(checks.key("plain")), b"value")


def many(client, checks):
    written = {"many-%d" % i: "value %d" % i for i in range(500)}
    asked = list(written) + ["many-none"]
    checks.same("set_multi", client.set_multi(written, key_prefix=checks.prefix), [])
    checks.same("get_multi", client.get_multi(asked, key_prefix=checks.prefix), written)
    checks.same("delete_multi", client.delete_multi(list(written), key_prefix=checks.prefix), True)
    checks.same("get_multi of nothing", client.get_multi(asked, key_prefix=checks.prefix), {})


def conditions(client, checks, binary):
    key = checks.key("conditions")
    if binary:
        checks.fails("replace of nothing", pylibmc.NotFound, lambda: client.replace(key, b"0"))
    else:
        checks.same("replace of nothing", client.replace(key, b"0"), False)
    checks.same("add", client.add(key, b"b"), True)
    checks.same("add again", client.add(key, b"c"), False)
    checks.same("append", client.append(key, b"c"), True)
    checks.same("prepend", client.prepend(key, b"a"), True)
    checks.same("get of all parts", client.get(key), b"abc")
    checks.same("replace", client.replace(key, b"replaced"), True)
    value, cas = client.gets(key)
    checks.same("gets", value, b"replaced")
    checks.same("cas", client.cas(key, b"swapped", cas), True)
    checks.same("cas with an old id", client.cas(key, b"lost", cas), False)
    checks.same("get after cas", client.get(key), b"swapped")
    checks.same("delete", client.delete(key), True)
    checks.same("delete of nothing", client.delete(key), False)


def numbers(client, checks):
    key = checks.key("counter")
    checks.fails("incr of nothing", pylibmc.NotFound, lambda: client.incr(key))
    client.set(key, 10)
    checks.same("incr", client.incr(key, 5), 15)
    checks.same("decr", client.decr(key, 6), 9)
    checks.same("decr below zero", client.decr(key, 100), 0)
    checks.same("get of a counter", client.get(key), 0)
    client.set(key, "text")
    checks.fails("incr of text", pylibmc.Error, lambda: client.incr(key))


def lifetimes(client, checks, binary):
    key = checks.key("expiry")
    checks.same("set for a second", client.set(key, b"soon gone", time=1), True)
    client.set(checks.key("past"), b"gone", time=2592001)
    checks.same("a lifetime over 30 days is a date", client.get(checks.key("past")), None)
    client.set(checks.key("touched"), b"soon gone", time=1000)
    if binary:  # pylibmc has touch in the binary protocol only
        checks.same("touch", client.touch(checks.key("touched"), 1), True)
        checks.same("touch of nothing", client.touch(checks.key("nothing"), 1), False)
        checks.gone("expiry by touch", lambda: client.get(checks.key("touched")))
    checks.gone("expiry", lambda: client.get(key))


def main():
    host, port, protocol = sys.argv[1], sys.argv[2], sys.argv[3]
    binary = protocol == "binary"
    checks = Checks("pylibmc " + protocol)
    client = pylibmc.Client(["%s:%s" % (host, port)], binary=binary, behaviors={"cas": True, "tcp_nodelay": True})
    for step in (values, many, numbers):
        step(client, checks)
    conditions(client, checks, binary)
    lifetimes(client, checks, binary)
    quiet = pylibmc.Client(["%s:%s" % (host, port)], binary=binary, behaviors={"_noreply": True})
    for i in range(100):
        quiet.set(checks.key("quiet"), "value %d" % i)
    checks.same("get after 100 sets without answer", quiet.get(checks.key("quiet")), "value 99")
    statistics = client.get_stats()
    checks.same("stats", [("curr_items" in found) for _, found in statistics], [True])
    checks.same("flush_all", client.flush_all(), True)
    checks.same("get after flush_all", client.get(checks.key("plain")), None)
    client.disconnect_all()
    checks.done()


main()
