package io.mempair.proxy.fuzz;

import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CommandSet;
import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.Users;
import io.mempair.proxy.fuzz.FuzzedClient.FuzzedAnswers;
import io.mempair.proxy.protocol.ProtocolLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Whatever a client sends, in whatever pieces: no handler throws, every buffer is released, the answers do not depend on the
 * pieces, and there are as many as the model of framing says. Text, meta, binary, login.
 *
 * <p>Input: a byte of switches, two lengths of pieces, then what the client sends.
 */
public final class ClientBytesTarget {

    private static final int LOGIN = 1;
    private static final int TWO_COPIES = 2;

    private static final ClientPolicy WITH_LOGIN = new ClientPolicy(
            Duration.ZERO, CommandSet.NONE, List.of(), new Users(List.of(new Login("user", "secret"))));

    private ClientBytesTarget() {}

    /** Called by the fuzzer, and by the tests for each input that is kept. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 4) {
            return;
        }
        ClientPolicy policy = (input[0] & LOGIN) != 0 ? WITH_LOGIN : ClientPolicy.OPEN;
        boolean twoCopies = (input[0] & TWO_COPIES) != 0;
        byte[] stream = Arrays.copyOfRange(input, 3, input.length);
        FuzzedAnswers whole = FuzzedClient.send(Pieces.WHOLE.of(stream), policy, twoCopies);
        Pieces cut = new Pieces(Byte.toUnsignedInt(input[1]), Byte.toUnsignedInt(input[2]));
        FuzzedAnswers pieced = FuzzedClient.send(cut.of(stream), policy, twoCopies);
        // memcached, and so the proxy, judges a line without an end by how much of it has come
        if (hasLongLine(stream)) {
            return;
        }
        if (!Arrays.equals(whole.bytes(), pieced.bytes()) || whole.closed() != pieced.closed()) {
            throw new AssertionError("in one piece: " + whole + "\nin " + cut + ": " + pieced);
        }
        if (policy == ClientPolicy.OPEN) {
            compare(stream, whole);
        }
    }

    private static boolean hasLongLine(byte[] stream) {
        int since = 0;
        for (byte b : stream) {
            since = b == '\n' ? 0 : since + 1;
            if (since > ProtocolLimits.MAX_LINE_BYTES) {
                return true;
            }
        }
        return false;
    }

    private static void compare(byte[] stream, FuzzedAnswers answers) {
        if ((stream[0] & 0xff) == BinaryFraming.MAGIC) {
            BinaryFraming.of(stream).check(answers);
            return;
        }
        ClientFraming framing = ClientFraming.of(stream);
        AnswerReader reader = new AnswerReader(answers.bytes());
        boolean refused = false;
        for (ClientFraming.ExpectedFrame expected : framing.expected()) {
            switch (expected.kind()) {
                case EXACT -> reader.exact(expected.exact());
                case ONE_LINE -> reader.line();
                case LIST_OR_LINE -> reader.list();
                case LIST -> refused |= reader.list();
            }
            if (refused) {
                break;
            }
        }
        reader.end();
        boolean closes = framing.closes() || refused;
        if (closes != answers.closed()) {
            throw new AssertionError("closed: " + answers.closed() + ", expected " + closes);
        }
    }

    /** Takes the answers of a client one by one. */
    private static final class AnswerReader {

        private final String answers;
        private int position;

        AnswerReader(byte[] answers) {
            this.answers = new String(answers, StandardCharsets.ISO_8859_1);
        }

        String line() {
            int end = answers.indexOf("\r\n", position);
            if (end < 0) {
                throw new AssertionError("an answer is missing at byte " + position + " of: " + answers);
            }
            String line = answers.substring(position, end);
            position = end + 2;
            return line;
        }

        void exact(byte[] wanted) {
            String text = new String(wanted, StandardCharsets.ISO_8859_1);
            if (!answers.startsWith(text, position)) {
                throw new AssertionError("expected at byte " + position + ": " + text + "in: " + answers);
            }
            position += text.length();
        }

        /** Whether it is refused with a reason. */
        boolean list() {
            String line = line();
            while (!line.equals("END") && !line.equals("RESET") && !line.equals("ERROR") && !isReason(line)) {
                line = line();
            }
            return isReason(line);
        }

        private static boolean isReason(String line) {
            return line.startsWith("CLIENT_ERROR ") || line.startsWith("SERVER_ERROR ");
        }

        void end() {
            if (position != answers.length()) {
                throw new AssertionError("more answers than requests, from byte " + position + " of: " + answers);
            }
        }
    }
}
