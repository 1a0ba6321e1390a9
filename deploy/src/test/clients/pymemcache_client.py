"""pymemcache, text protocol. Arguments: HOST PORT."""

import sys

from checks import BINARY, LARGE, UNICODE, Checks
from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheClientError, MemcacheServerError


def values(client, checks):
    for what, value in [("plain", b"value"), ("empty", b""), ("binary", BINARY), ("large", LARGE)]:
        checks.same("set " + what, client.set(checks.key(what), value), True)
        checks.same("get " + what, client.get(checks.key(what)), value)
    client.set(checks.key("unicode"), UNICODE.encode())
    checks.same("get unicode", client.get(checks.key("unicode")).decode(), UNICODE)
    checks.same("set of a long key", client.set(checks.long_key(), b"long"), True)
    checks.same("get of a long key", client.get(checks.long_key()), b"long")
    checks.same("get of nothing", client.get(checks.key("nothing")), None)
    checks.fails("a value above the limit", MemcacheServerError, lambda: client.set(checks.key("huge"), b"x" * 1048577))
    checks.same("get after it", client.get(checks.key("plain")), b"value")


def many(client, checks):
    written = {checks.key("many-%d" % i): b"value %d" % i for i in range(500)}
    checks.same("set_many", client.set_many(written), [])
    asked = list(written) + [checks.key("many-none")]
    checks.same("get_many", client.get_many(asked), written)
    checks.same("gets_many", {k: v for k, (v, _) in client.gets_many(asked).items()}, written)
    checks.same("delete_many", client.delete_many(asked), True)
    checks.same("get_many of nothing", client.get_many(asked), {})


def conditions(client, checks):
    key = checks.key("conditions")
    checks.same("replace of nothing", client.replace(key, b"0"), False)
    checks.same("append to nothing", client.append(key, b"0"), False)
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
    checks.same("cas of nothing", client.cas(checks.key("nothing"), b"lost", cas), None)
    checks.same("get after cas", client.get(key), b"swapped")
    checks.same("delete", client.delete(key), True)
    checks.same("delete of nothing", client.delete(key), False)


def numbers(client, checks):
    key = checks.key("number")
    checks.same("incr of nothing", client.incr(key, 1), None)
    client.set(key, b"10")
    checks.same("incr", client.incr(key, 5), 15)
    checks.same("decr", client.decr(key, 6), 9)
    checks.same("decr below zero", client.decr(key, 100), 0)
    client.set(key, b"18446744073709551615")
    checks.same("incr beyond 64 bits", client.incr(key, 1), 0)
    client.set(key, b"text")
    checks.fails("incr of text", MemcacheClientError, lambda: client.incr(key, 1))


def without_answer(client, checks):
    key = checks.key("noreply")
    client.set(key, b"1", noreply=True)
    client.append(key, b"2", noreply=True)
    client.incr(key, 1, noreply=True)
    checks.same("get after noreply", client.get(key), b"13")
    client.touch(key, 100, noreply=True)
    client.delete(key, noreply=True)
    checks.same("get after delete noreply", client.get(key), None)


def lifetimes(client, checks):
    key = checks.key("expiry")
    checks.same("set for a second", client.set(key, b"soon gone", expire=1), True)
    client.set(checks.key("touched"), b"soon gone", expire=1000)
    checks.same("touch", client.touch(checks.key("touched"), 1), True)
    checks.same("touch of nothing", client.touch(checks.key("nothing"), 1), False)
    client.set(checks.key("past"), b"gone", expire=2592001)
    checks.same("a lifetime over 30 days is a date", client.get(checks.key("past")), None)
    checks.gone("expiry", lambda: client.get(key))
    checks.gone("expiry by touch", lambda: client.get(checks.key("touched")))


def main():
    host, port = sys.argv[1], int(sys.argv[2])
    checks = Checks("pymemcache text")
    client = Client((host, port), default_noreply=False, connect_timeout=5, timeout=10)
    for step in (values, many, conditions, numbers, without_answer, lifetimes):
        step(client, checks)
    flagged = Client((host, port), default_noreply=False, serde=Flagged(), timeout=10)
    flagged.set(checks.key("flags"), b"flagged", flags=4294967295)
    checks.same("flags", flagged.get(checks.key("flags")), (b"flagged", 4294967295))
    checks.same("version", client.version()[:2], b"1.")
    checks.same("stats", b"curr_items" in client.stats(), True)
    checks.same("flush_all", client.flush_all(), True)
    checks.same("get after flush_all", client.get(checks.key("flags")), None)
    client.quit()
    checks.done()


class Flagged:
    """Hands the flags over with the value."""

    def serialize(self, key, value):
        return value, 0

    def deserialize(self, key, value, flags):
        return value, flags


main()
