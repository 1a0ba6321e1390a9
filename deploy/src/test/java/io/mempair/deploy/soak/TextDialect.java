package io.mempair.deploy.soak;

import java.io.IOException;
import java.util.Locale;
import java.util.stream.Collectors;

/** The classic text protocol. Quiet is noreply, which hides every answer. */
final class TextDialect implements Dialect {

    @Override
    public void write(SoakRequest request, Output out) {
        String word = request.kind().name().toLowerCase(Locale.ROOT);
        String key = request.key();
        String noreply = isHidden(request) ? " noreply" : "";
        switch (request.kind()) {
            case MULTI_GET ->
                out.text(request.items().stream()
                        .map(one -> one.item().key)
                        .collect(Collectors.joining(" ", "get ", "\r\n")));
            case GET, GETS -> out.text(word + ' ' + key + "\r\n");
            case GAT -> out.text("gat " + SoakRequest.EXPTIME + ' ' + key + "\r\n");
            case DELETE -> out.text("delete " + key + noreply + "\r\n");
            case TOUCH -> out.text("touch " + key + ' ' + SoakRequest.EXPTIME + noreply + "\r\n");
            case INCR, DECR -> out.text(word + ' ' + key + ' ' + request.number() + noreply + "\r\n");
            default -> {
                String cas = request.kind() == Kind.CAS ? " " + Long.toUnsignedString(request.number()) : "";
                out.text(word + ' ' + key + ' ' + request.flags() + " 0 " + request.payload().bytes.length + cas
                                + noreply + "\r\n")
                        .bytes(request.payload().bytes)
                        .text("\r\n");
            }
        }
    }

    private static boolean isHidden(SoakRequest request) {
        return request.quiet() && !request.kind().reads();
    }

    @Override
    public void writeBarrier(Output out) {
        out.text("version\r\n");
    }

    @Override
    public void writeQuit(Output out) {
        out.text("quit\r\n");
    }

    @Override
    public void read(SoakRequest request, Input in) throws IOException, WrongAnswer {
        if (isHidden(request)) {
            return;
        }
        if (!request.kind().reads()) {
            in.expectLine(line(request));
            return;
        }
        for (SoakRequest.Expected one : request.items()) {
            if (one.payload() != null) {
                readValue(request.kind(), one, in);
            }
        }
        in.expectLine("END");
    }

    private static void readValue(Kind kind, SoakRequest.Expected one, Input in) throws IOException, WrongAnswer {
        String line = in.line();
        String[] words = line.split(" ", -1);
        boolean fits = words.length == (kind == Kind.GETS ? 5 : 4)
                && words[0].equals("VALUE")
                && words[1].equals(one.item().key)
                && words[2].equals("" + one.flags());
        if (!fits) {
            throw new WrongAnswer("got '" + line + "', expected VALUE " + one.item().key + ' ' + one.flags() + " ...");
        }
        in.expectValue(Integer.parseInt(words[3]), one);
        in.expectLineEnd();
        if (kind == Kind.GETS) {
            one.item().learnCas(Long.parseUnsignedLong(words[4]), one.version());
        }
    }

    private static String line(SoakRequest request) {
        return switch (request.outcome()) {
            case NOT_STORED -> "NOT_STORED";
            case EXISTS -> "EXISTS";
            case NOT_FOUND -> "NOT_FOUND";
            case OK ->
                switch (request.kind()) {
                    case DELETE -> "DELETED";
                    case TOUCH -> "TOUCHED";
                    case INCR, DECR -> "" + request.result();
                    default -> "STORED";
                };
        };
    }

    @Override
    public void readBarrier(Input in) throws IOException, WrongAnswer {
        String line = in.line();
        if (!line.startsWith("VERSION ")) {
            throw new WrongAnswer("got '" + line + "', expected VERSION: an answer too many");
        }
    }
}
