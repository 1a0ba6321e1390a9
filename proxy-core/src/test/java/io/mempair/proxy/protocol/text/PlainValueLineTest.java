package io.mempair.proxy.protocol.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PlainValueLineTest {

    /** What such a line is, said once more. */
    private static final Pattern PLAIN = Pattern.compile("VALUE ([^ \n]*) [0-9]* ([0-9]{1,9})\r\n");

    private static final String[] PIECES = {
        "VALUE ",
        "VALUE",
        "key",
        "k\u00e9y",
        "\u0001",
        " ",
        " ",
        "0",
        "7",
        "12",
        "4294967295",
        "999999999",
        "1000000000",
        "\r\n",
        "\r",
        "\n"
    };

    @Test
    void whatIsSuchALineIsReadAndNothingElse() {
        Random random = new Random(3);
        var line = new PlainValueLine();
        int plain = 0;
        for (int run = 0; run < 50_000; run++) {
            String text = random.nextBoolean() ? plainLine(random) : anyLine(random);
            text = random.nextInt(3) > 0 ? text : mutated(text, random);
            int from = random.nextInt(4);
            int to = Math.max(from, from + text.length() - (random.nextInt(4) == 0 ? random.nextInt(5) : 0));
            byte[] bytes = ("xyz".substring(0, Math.min(3, from)) + text + "END").getBytes(StandardCharsets.ISO_8859_1);
            Matcher expected = PLAIN.matcher(new String(bytes, 0, to, StandardCharsets.ISO_8859_1))
                    .region(from, to);

            boolean read = line.read(bytes, from, to);

            assertThat(read)
                    .as("run %d: '%s' from %d to %d", run, text, from, to)
                    .isEqualTo(expected.lookingAt());
            if (read) {
                plain++;
                assertThat(line.keyLength()).isEqualTo(expected.group(1).length());
                assertThat(line.length()).isEqualTo(expected.end() - from);
                assertThat(line.dataBytes()).isEqualTo(Integer.parseInt(expected.group(2)));
            }
        }
        assertThat(plain).isBetween(10_000, 40_000);
    }

    private static String plainLine(Random random) {
        return "VALUE " + "k".repeat(random.nextInt(30)) + ' ' + random.nextInt(1 << random.nextInt(31)) + ' '
                + random.nextInt(1_000_000_000) + "\r\nvalue\r\n";
    }

    private static String anyLine(Random random) {
        StringBuilder line = new StringBuilder(random.nextBoolean() ? "VALUE " : "");
        for (int i = random.nextInt(8); i > 0; i--) {
            line.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return line.toString();
    }

    private static String mutated(String text, Random random) {
        if (text.isEmpty()) {
            return text;
        }
        var changed = new StringBuilder(text);
        changed.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
        return changed.toString();
    }
}
