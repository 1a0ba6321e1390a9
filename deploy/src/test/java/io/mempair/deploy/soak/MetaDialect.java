package io.mempair.deploy.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The meta commands, each with its number as opaque token; some keys go in base64. */
final class MetaDialect implements Dialect {

    /** One request in so many has its key in base64. */
    private static final int BASE64_ONE_IN = 8;

    /** The limit of 250 bytes is on what is sent. */
    private static final int MAX_BASE64_KEY_BYTES = 186;

    @Override
    public void write(SoakRequest request, Output out) {
        Kind kind = request.kind();
        if (kind == Kind.MULTI_GET) {
            for (SoakRequest.Expected one : request.items()) {
                out.text("mg " + one.item().key + " f v q O" + request.opaque() + "\r\n");
            }
            out.text("mn\r\n");
            return;
        }
        boolean base64 = request.opaque() % BASE64_ONE_IN == 1 && request.key().length() <= MAX_BASE64_KEY_BYTES;
        String key = base64
                ? Base64.getEncoder().encodeToString(request.key().getBytes(StandardCharsets.ISO_8859_1))
                : request.key();
        String more = (base64 ? " b" : "") + " O" + request.opaque() + (request.quiet() ? " q" : "") + "\r\n";
        switch (kind) {
            case GET -> out.text("mg " + key + " f v" + more);
            case GETS -> out.text("mg " + key + " f c v" + more);
            case GAT -> out.text("mg " + key + " f v T" + SoakRequest.EXPTIME + more);
            case TOUCH -> out.text("mg " + key + " T" + SoakRequest.EXPTIME + more);
            case DELETE -> out.text("md " + key + more);
            case INCR, DECR ->
                out.text("ma " + key + " M" + (kind == Kind.INCR ? 'I' : 'D') + " D" + request.number()
                        + (request.quiet() ? "" : " v") + more);
            default ->
                out.text("ms " + key + ' ' + request.payload().bytes.length + mode(request) + " F" + request.flags()
                                + more)
                        .bytes(request.payload().bytes)
                        .text("\r\n");
        }
    }

    private static String mode(SoakRequest request) {
        return switch (request.kind()) {
            case ADD -> " ME";
            case REPLACE -> " MR";
            case APPEND -> " MA";
            case PREPEND -> " MP";
            case CAS -> " C" + Long.toUnsignedString(request.number());
            default -> "";
        };
    }

    @Override
    public void writeBarrier(Output out) {
        out.text("mn\r\n");
    }

    @Override
    public void writeQuit(Output out) {
        out.text("quit\r\n");
    }

    @Override
    public void read(SoakRequest request, Input in) throws IOException, WrongAnswer {
        if (request.kind() == Kind.MULTI_GET) {
            for (SoakRequest.Expected one : request.items()) {
                if (one.payload() != null) {
                    readValue(in, " f" + one.flags() + " O" + request.opaque(), one);
                }
            }
            in.expectLine("MN");
        } else if (!isHidden(request)) {
            readOne(request, in);
        }
    }

    /** Quiet hides misses of mg, and what went well of the others. */
    private static boolean isHidden(SoakRequest request) {
        boolean get = request.kind().reads() || request.kind() == Kind.TOUCH;
        return request.quiet() && (request.outcome() == Outcome.OK) != get;
    }

    private static void readOne(SoakRequest request, Input in) throws IOException, WrongAnswer {
        String opaque = " O" + request.opaque();
        SoakRequest.Expected one = request.items().get(0);
        boolean found = request.outcome() == Outcome.OK;
        switch (request.kind()) {
            case GET, GAT -> {
                if (found) {
                    readValue(in, " f" + one.flags() + opaque, one);
                } else {
                    in.expectLine("EN" + opaque);
                }
            }
            case GETS -> {
                if (found) {
                    readValueAndCas(in, one, opaque);
                } else {
                    in.expectLine("EN" + opaque);
                }
            }
            case TOUCH -> in.expectLine((found ? "HD" : "EN") + opaque);
            case INCR, DECR -> {
                if (found && !request.quiet()) {
                    in.expectLine("VA " + ("" + request.result()).length() + opaque);
                    in.expectLine("" + request.result());
                } else {
                    in.expectLine(code(request.outcome()) + opaque);
                }
            }
            default -> in.expectLine(code(request.outcome()) + opaque);
        }
    }

    private static void readValue(Input in, String flags, SoakRequest.Expected one) throws IOException, WrongAnswer {
        String line = in.line();
        String[] words = line.split(" ", 3);
        if (words.length < 3 || !words[0].equals("VA") || !flags.equals(' ' + words[2])) {
            throw new WrongAnswer("got '" + line + "', expected 'VA ..." + flags + "'");
        }
        in.expectValue(Integer.parseInt(words[1]), one);
        in.expectLineEnd();
    }

    private static void readValueAndCas(Input in, SoakRequest.Expected one, String opaque)
            throws IOException, WrongAnswer {
        String line = in.line();
        String[] words = line.split(" ", 5);
        boolean fits = words.length == 5
                && words[0].equals("VA")
                && words[2].equals("f" + one.flags())
                && words[3].startsWith("c")
                && opaque.equals(' ' + words[4]);
        if (!fits) {
            throw new WrongAnswer("got '" + line + "', expected 'VA ... f" + one.flags() + " c..." + opaque + "'");
        }
        in.expectValue(Integer.parseInt(words[1]), one);
        in.expectLineEnd();
        one.item().learnCas(Long.parseUnsignedLong(words[3].substring(1)), one.version());
    }

    private static String code(Outcome outcome) {
        return switch (outcome) {
            case OK -> "HD";
            case NOT_STORED -> "NS";
            case EXISTS -> "EX";
            case NOT_FOUND -> "NF";
        };
    }

    @Override
    public void readBarrier(Input in) throws IOException, WrongAnswer {
        in.expectLine("MN");
    }
}
