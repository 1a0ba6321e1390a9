package io.mempair.deploy.soak;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The binary protocol. Quiet requests are answered only when something is not as hoped. */
final class BinaryDialect implements Dialect {

    private static final int HEADER_BYTES = 24;
    private static final int REQUEST = 0x80;
    private static final int RESPONSE = 0x81;
    private static final int NOOP = 0x0a;
    private static final int QUIT_QUIET = 0x17;
    private static final int GETK_QUIET = 0x0d;
    private static final int BARRIER_OPAQUE = 0x7fff_fffe;

    /** As the exptime of an incr: do not create what is not there. */
    private static final int NEVER_CREATE = -1;

    @Override
    public void write(SoakRequest request, Output out) {
        byte[] none = new byte[0];
        if (request.kind() == Kind.MULTI_GET) {
            for (SoakRequest.Expected one : request.items()) {
                frame(out, GETK_QUIET, request.opaque(), 0, none, one.item().key, none);
            }
            frame(out, NOOP, request.opaque(), 0, none, "", none);
            return;
        }
        long cas = request.kind() == Kind.CAS ? request.number() : 0;
        frame(out, opcode(request), request.opaque(), cas, extras(request), request.key(), request.payload().bytes);
    }

    private static byte[] extras(SoakRequest request) {
        return switch (request.kind()) {
            case SET, ADD, REPLACE, CAS ->
                ByteBuffer.allocate(8).putInt(request.flags()).putInt(0).array();
            case TOUCH, GAT ->
                ByteBuffer.allocate(4).putInt(SoakRequest.EXPTIME).array();
            case INCR, DECR ->
                ByteBuffer.allocate(20)
                        .putLong(request.number())
                        .putLong(0)
                        .putInt(NEVER_CREATE)
                        .array();
            default -> new byte[0];
        };
    }

    private static int opcode(SoakRequest request) {
        boolean quiet = request.quiet();
        return switch (request.kind()) {
            case GET -> quiet ? 0x09 : 0x00;
            case GETS, MULTI_GET -> 0x0c;
            case GAT -> quiet ? 0x1e : 0x1d;
            case SET, CAS -> quiet ? 0x11 : 0x01;
            case ADD -> quiet ? 0x12 : 0x02;
            case REPLACE -> quiet ? 0x13 : 0x03;
            case APPEND -> quiet ? 0x19 : 0x0e;
            case PREPEND -> quiet ? 0x1a : 0x0f;
            case INCR -> quiet ? 0x15 : 0x05;
            case DECR -> quiet ? 0x16 : 0x06;
            case DELETE -> quiet ? 0x14 : 0x04;
            case TOUCH -> 0x1c;
        };
    }

    private static void frame(Output out, int opcode, int opaque, long cas, byte[] extras, String key, byte[] value) {
        byte[] name = key.getBytes(StandardCharsets.ISO_8859_1);
        var header = ByteBuffer.allocate(HEADER_BYTES)
                .put((byte) REQUEST)
                .put((byte) opcode)
                .putShort((short) name.length)
                .put((byte) extras.length)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(extras.length + name.length + value.length)
                .putInt(opaque)
                .putLong(cas);
        out.bytes(header.array()).bytes(extras).bytes(name).bytes(value);
    }

    @Override
    public void writeBarrier(Output out) {
        frame(out, NOOP, BARRIER_OPAQUE, 0, new byte[0], "", new byte[0]);
    }

    @Override
    public void writeQuit(Output out) {
        frame(out, QUIT_QUIET, 0, 0, new byte[0], "", new byte[0]);
    }

    @Override
    public void read(SoakRequest request, Input in) throws IOException, WrongAnswer {
        if (request.kind() == Kind.MULTI_GET) {
            for (SoakRequest.Expected one : request.items()) {
                if (one.payload() != null) {
                    readValue(in, GETK_QUIET, request.opaque(), one);
                }
            }
            Header.read(in, NOOP, request.opaque(), 0).expectEmpty();
        } else if (!isHidden(request)) {
            readOne(request, in);
        }
    }

    private static boolean isHidden(SoakRequest request) {
        return request.quiet()
                && request.kind() != Kind.TOUCH
                && (request.outcome() == Outcome.OK) != request.kind().reads();
    }

    private static void readOne(SoakRequest request, Input in) throws IOException, WrongAnswer {
        int opcode = opcode(request);
        if (request.outcome() != Outcome.OK) {
            Header header = Header.read(in, opcode, request.opaque(), status(request));
            in.text(header.bodyBytes());
        } else if (request.kind().reads()) {
            readValue(in, opcode, request.opaque(), request.items().get(0));
        } else {
            Header header = Header.read(in, opcode, request.opaque(), 0);
            if (request.kind().counts()) {
                header.expect(0, 0, 8);
                long number = in.buffer(8).getLong();
                if (number != request.result()) {
                    throw new WrongAnswer("got " + number + ", expected " + request.result());
                }
            } else if (request.kind() == Kind.TOUCH) {
                header.expect(4, 0, 4);
                in.buffer(4);
            } else {
                header.expectEmpty();
            }
        }
    }

    private static void readValue(Input in, int opcode, int opaque, SoakRequest.Expected one)
            throws IOException, WrongAnswer {
        Header header = Header.read(in, opcode, opaque, 0);
        boolean withKey = opcode == GETK_QUIET || opcode == 0x0c;
        int keyBytes = withKey ? one.item().key.length() : 0;
        int valueBytes = header.bodyBytes() - 4 - keyBytes;
        header.expect(4, keyBytes, 4 + keyBytes + valueBytes);
        int flags = in.buffer(4).getInt();
        String key = in.text(keyBytes);
        if (flags != one.flags() || (withKey && !key.equals(one.item().key))) {
            throw new WrongAnswer(
                    "got " + key + " with flags " + flags + ", expected " + one.item().key + " with " + one.flags());
        }
        in.expectValue(valueBytes, one);
        if (opcode == 0x0c) {
            one.item().learnCas(header.cas(), one.version());
        }
    }

    private static int status(SoakRequest request) {
        return switch (request.outcome()) {
            case OK -> 0;
            case NOT_FOUND -> 1;
            case EXISTS -> 2;
            case NOT_STORED ->
                switch (request.kind()) {
                    case ADD -> 2;
                    case REPLACE -> 1;
                    default -> 5;
                };
        };
    }

    @Override
    public void readBarrier(Input in) throws IOException, WrongAnswer {
        Header.read(in, NOOP, BARRIER_OPAQUE, 0).expectEmpty();
    }

    /**
     * The head of an answer.
     *
     * @param extrasBytes  length of the extras
     * @param keyBytes     length of the key
     * @param bodyBytes    length of extras, key and value together
     * @param cas          the item's cas id
     */
    private record Header(int extrasBytes, int keyBytes, int bodyBytes, long cas) {

        static Header read(Input in, int opcode, int opaque, int status) throws IOException, WrongAnswer {
            ByteBuffer header = in.buffer(HEADER_BYTES);
            int magic = header.get() & 0xff;
            int answered = header.get() & 0xff;
            int keyBytes = header.getShort() & 0xffff;
            int extrasBytes = header.get() & 0xff;
            header.get();
            int got = header.getShort() & 0xffff;
            int bodyBytes = header.getInt();
            int answeredOpaque = header.getInt();
            if (magic != RESPONSE || answered != opcode || answeredOpaque != opaque || got != status) {
                throw new WrongAnswer("got magic %x opcode %x opaque %d status %x, expected 81, %x, %d, %x"
                        .formatted(magic, answered, answeredOpaque, got, opcode, opaque, status));
            }
            return new Header(extrasBytes, keyBytes, bodyBytes, header.getLong());
        }

        void expectEmpty() throws WrongAnswer {
            expect(0, 0, 0);
        }

        void expect(int extras, int key, int body) throws WrongAnswer {
            if (extrasBytes != extras || keyBytes != key || bodyBytes != body) {
                throw new WrongAnswer("got lengths %d, %d, %d of extras, key and body, expected %d, %d, %d"
                        .formatted(extrasBytes, keyBytes, bodyBytes, extras, key, body));
            }
        }
    }
}
