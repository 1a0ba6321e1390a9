package io.mempair.proxy.command;

import java.util.List;
import java.util.Random;

/**
 * Scripts of text and meta commands made from a seed: mostly right, sometimes not, on a few keys so that commands meet each
 * other's items. Left out is what cannot be compared: ages and remaining times, which depend on the second, and the
 * differences of docs/reference/protocol.md (NUL, plus signs, 64-bit flags, lengths beyond 32 bits, {@code ma} with N and q, too
 * long a key in a retrieval).
 */
final class RandomScripts {

    private static final List<String> KEYS = List.of("a", "b", "c", "k1", "YQ==", "noreply", "\u00e9\u00fc", "0");
    private static final List<String> JUNK =
            List.of("", " ", "w", "-1", "99999999999999999999", "noreply", " 0 0", "\u00ff", "!", "v", "GET", "a b");
    private static final List<String> READ_FLAGS =
            List.of("v", "k", "f", "c", "s", "q", "u", "h", "O12", "Oabc", "b", "T0", "P1", "L1", "E5", "z", "I");
    private static final List<String> STORE_FLAGS = List.of(
            "T0",
            "F5",
            "F4294967295",
            "q",
            "k",
            "c",
            "O7",
            "b",
            "ME",
            "MA",
            "MP",
            "MR",
            "MS",
            "MX",
            "M",
            "C1",
            "C99999999",
            "I",
            "Fx",
            "Tx",
            "N5");
    private static final List<String> DELETE_FLAGS =
            List.of("q", "k", "O7", "b", "C1", "C9999999", "I", "T0", "x", "v");
    private static final List<String> ARITHMETIC_FLAGS = List.of(
            "k", "O7", "b", "v", "c", "D5", "D0", "J6000000000", "MI", "MD", "M+", "M-", "C99999", "Dx", "T0", "MX");

    private final Random random;

    /** Whether cas ids are asked for and given; several servers count them apart from one. */
    private final boolean casIds;

    RandomScripts(long seed, boolean casIds) {
        this.random = new Random(seed);
        this.casIds = casIds;
    }

    /** Some commands, pipelined; every character stands for one byte. */
    String next() {
        StringBuilder script = new StringBuilder();
        for (int left = 1 + random.nextInt(12); left > 0; left--) {
            script.append(spoiled(command()));
        }
        return script.toString();
    }

    private String command() {
        return switch (random.nextInt(12)) {
            case 0, 1 -> one("get", casIds ? "gets" : "get") + keys() + "\r\n";
            case 2 -> one("gat", casIds ? "gats" : "gat") + " 0" + keys() + "\r\n";
            case 3, 4 -> storage();
            case 5 -> one("delete " + key(), "touch " + key() + " 0", "delete " + key() + " 0") + noreply() + "\r\n";
            case 6 -> one("incr ", "decr ") + counter() + ' ' + number() + noreply() + "\r\n";
            case 7 -> "mg " + key() + flags(READ_FLAGS) + "\r\n";
            case 8 -> metaSet();
            case 9 -> "md " + key() + flags(DELETE_FLAGS) + "\r\n";
            case 10 -> arithmetic();
            default ->
                one("mn", "version", "verbosity 1", "flush_all", "flush_all 0 noreply", "bogus", "", "mn x", "md", "mg")
                        + "\r\n";
        };
    }

    private String storage() {
        boolean counts = random.nextInt(4) == 0;
        String value = counts ? one("5000000000", "8000000000", "x", "7x") : value();
        String command = one("set", "set", "set", "add", "replace", "append", "prepend", "cas");
        String cas = command.equals("cas") ? " " + (casIds ? number() : "99999999999") : "";
        String flags = one("0", "5", "4294967295");
        String exptime = one("0", "0", "-1");
        return command + ' ' + (counts ? counter() : key()) + ' ' + flags + ' ' + exptime + ' ' + value.length() + cas
                + noreply() + "\r\n" + value + end();
    }

    private String metaSet() {
        String value = value();
        return "ms " + key() + ' ' + value.length() + flags(STORE_FLAGS) + "\r\n" + value + end();
    }

    private String arithmetic() {
        String flags = flags(ARITHMETIC_FLAGS);
        return "ma " + counter() + flags
                + (random.nextInt(3) == 0 ? " N0 J5000000000" : random.nextInt(3) == 0 ? " q" : "") + "\r\n";
    }

    /** What ends a data block, mostly. */
    private String end() {
        return random.nextInt(40) == 0 ? one("\n", "x\r\n", "") : "\r\n";
    }

    private String value() {
        return switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> String.valueOf(random.nextInt(2_000));
            case 2 -> one("get a\r\n", "END\r\n", "VALUE a 0 1\r\n", "\r\n", "18446744073709551615");
            // in lines, lest a value that is not swallowed be a line too long
            case 3 -> ("v".repeat(random.nextInt(1_500)) + "\r\n").repeat(random.nextInt(15));
            default -> one("one", "two", "three");
        };
    }

    private String key() {
        return random.nextInt(60) == 0 ? "k".repeat(249 + random.nextInt(3)) : one(KEYS);
    }

    /**
     * Keys of their own for arithmetic, with values it does not matter for what lies behind the item: memcached reads on there
     * after a value of white space, and looks for a minus sign after one of 2^63 and more. A number that loses a digit keeps a
     * space or not, and its item the mark of having been hit, as the item happens to be in use.
     */
    private String counter() {
        return one("n1", "n2");
    }

    private String keys() {
        StringBuilder keys = new StringBuilder();
        for (int left = 1 + random.nextInt(random.nextInt(20) == 0 ? 700 : 4); left > 0; left--) {
            keys.append(' ').append(random.nextInt(5) == 0 ? counter() : one(KEYS));
        }
        return keys.toString();
    }

    private String flags(List<String> choice) {
        StringBuilder flags = new StringBuilder();
        for (int left = random.nextInt(random.nextInt(20) == 0 ? 24 : 6); left > 0; left--) {
            String flag = one(choice);
            if (casIds || !(flag.equals("c") || flag.equals("C1"))) {
                flags.append(' ').append(flag);
            }
        }
        return flags.toString();
    }

    private String number() {
        return one("1", "7", "0", "100", "18446744073709551616");
    }

    private String noreply() {
        return random.nextInt(5) == 0 ? " noreply" : "";
    }

    /** Now and then a command with a word too many, a doubled space, or a character in the wrong place. */
    private String spoiled(String command) {
        int end = command.indexOf('\r');
        int at = end <= 0 ? 0 : random.nextInt(end);
        return switch (random.nextInt(30)) {
            case 0 -> command.substring(0, end) + ' ' + one(JUNK) + command.substring(end);
            case 1 -> command.substring(0, at) + one(JUNK) + command.substring(at);
            case 2 -> command.replaceFirst(" ", "   ");
            case 3 -> command.substring(0, end) + command.substring(end + 1);
            case 4 -> ' ' + command;
            default -> command;
        };
    }

    private String one(String... choice) {
        return choice[random.nextInt(choice.length)];
    }

    private String one(List<String> choice) {
        return choice.get(random.nextInt(choice.size()));
    }
}
