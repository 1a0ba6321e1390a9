"""What the Python clients share: comparing an answer, and telling the first one that is wrong."""

import os
import sys
import time

LARGE = bytes(range(256)) * 3600  # 921,600 bytes, below the limit of 1 MiB
BINARY = bytes(range(256)) + b"\r\nEND\r\n"
UNICODE = "Grüße, 世界 🚀"
EXPIRY_SECONDS = 10


class Checks:
    def __init__(self, name):
        self.name = name
        self.count = 0
        self.prefix = "%s-%d-" % (name.replace(" ", "-"), os.getpid())

    def key(self, what):
        return self.prefix + what

    def long_key(self):
        return (self.prefix + "x" * 250)[:250]

    def same(self, what, got, expected):
        self.count += 1
        if got != expected:
            sys.exit("%s: %s: got %.200r, expected %.200r" % (self.name, what, got, expected))

    def fails(self, what, expected, call):
        """The call must raise an error of this type."""
        try:
            got = call()
        except expected:
            self.count += 1
        else:
            sys.exit("%s: %s: got %.200r, expected %s" % (self.name, what, got, expected))

    def gone(self, what, read):
        """Reads until there is a miss: lifetimes end within a second or two."""
        end = time.monotonic() + EXPIRY_SECONDS
        while read() is not None:
            if time.monotonic() > end:
                sys.exit("%s: %s: still there after %d s" % (self.name, what, EXPIRY_SECONDS))
            time.sleep(0.05)
        self.count += 1

    def done(self):
        print("%s: %d checks" % (self.name, self.count))
