package io.mempair.proxy.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Binary request packets written down: {@code set a hello flags=7|get a|noop}. A packet is its opcode's name or
 * {@code op=HEX}, a key, a value and settings; {@code %XX} is a byte, {@code x{N}} repeats one. The settings
 * {@code magic keylen extlen bodylen type bucket ext} spoil the header. A packet {@code hex ...} is those bytes.
 */
public final class Packets {

    private static final Map<String, Integer> OPCODES = new HashMap<>();
    private static final Pattern REPEATED = Pattern.compile("(.)\\{(\\d+)}");

    static {
        String[] names =
                ("get set add replace delete incr decr quit flush getq noop version getk getkq append prepend stat"
                                + " setq addq replaceq deleteq incrq decrq quitq flushq appendq prependq verbosity touch gat gatq"
                                + " - sasllist saslauth saslstep gatk gatkq")
                        .split(" ", -1);
        for (int i = 0; i < names.length; i++) {
            OPCODES.put(names[i], i);
        }
    }

    private Packets() {}

    /** The bytes of the packets, separated by {@code |} in the script. */
    public static byte[] of(String script) {
        ByteBuf out = Unpooled.buffer();
        for (String packet : script.split("\\|", -1)) {
            if (packet.startsWith("hex ")) {
                out.writeBytes(HexFormat.of().parseHex(packet.substring(4).replace(" ", "")));
            } else {
                write(packet.trim().split(" +", -1), out);
            }
        }
        return ByteBufUtil.getBytes(out);
    }

    private static void write(String[] words, ByteBuf out) {
        Map<String, String> settings = new HashMap<>();
        List<String> plain = new ArrayList<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                settings.put(word.substring(0, equals), word.substring(equals + 1));
            } else {
                plain.add(word);
            }
        }
        int opcode =
                settings.containsKey("op") ? Integer.parseInt(settings.get("op"), 16) : OPCODES.get(plain.remove(0));
        byte[] key = plain.isEmpty() ? new byte[0] : bytes(plain.get(0));
        byte[] value = plain.size() < 2 ? new byte[0] : bytes(plain.get(1));
        byte[] extras = settings.containsKey("ext") ? bytes(settings.get("ext")) : extras(opcode, settings);
        int length = key.length + extras.length + value.length;
        out.writeByte((int) number(settings, "magic", 0x80)).writeByte(opcode);
        out.writeShort((int) number(settings, "keylen", key.length));
        out.writeByte((int) number(settings, "extlen", extras.length));
        out.writeByte((int) number(settings, "type", 0)).writeShort((int) number(settings, "bucket", 0));
        out.writeInt((int) number(settings, "bodylen", length));
        out.writeInt((int) number(settings, "opaque", 0xCAFE_0000L + out.writerIndex()));
        out.writeLong(number(settings, "cas", 0));
        out.writeBytes(extras).writeBytes(key).writeBytes(value);
    }

    private static byte[] extras(int opcode, Map<String, String> settings) {
        ByteBuf out = Unpooled.buffer();
        switch (opcode) {
            case 0x01, 0x02, 0x03, 0x11, 0x12, 0x13 ->
                out.writeInt((int) number(settings, "flags", 0)).writeInt((int) number(settings, "exp", 0));
            case 0x05, 0x06, 0x15, 0x16 ->
                out.writeLong(number(settings, "delta", 1))
                        .writeLong(number(settings, "initial", 0))
                        .writeInt((int) number(settings, "exp", 0));
            case 0x1c, 0x1d, 0x1e, 0x23, 0x24 -> out.writeInt((int) number(settings, "exp", 0));
            case 0x08, 0x18 -> {
                if (settings.containsKey("delay")) {
                    out.writeInt((int) number(settings, "delay", 0));
                }
            }
            default -> {
                // none
            }
        }
        return ByteBufUtil.getBytes(out);
    }

    private static long number(Map<String, String> settings, String name, long otherwise) {
        String text = settings.get(name);
        if (text == null) {
            return otherwise;
        }
        return text.startsWith("0x") ? Long.parseUnsignedLong(text, 2, text.length(), 16) : Long.parseLong(text);
    }

    private static byte[] bytes(String text) {
        String repeated =
                REPEATED.matcher(text).replaceAll(match -> match.group(1).repeat(Integer.parseInt(match.group(2))));
        if (repeated.indexOf('%') < 0) {
            return repeated.getBytes(StandardCharsets.ISO_8859_1);
        }
        return URLDecoder.decode(repeated.replace("+", "%2b"), StandardCharsets.ISO_8859_1)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Response packets as one line each, for comparing and reading. */
    public static String describe(String received) {
        ByteBuf in = Unpooled.wrappedBuffer(received.getBytes(StandardCharsets.ISO_8859_1));
        StringBuilder out = new StringBuilder();
        while (in.readableBytes() >= 24) {
            byte[] header = new byte[24];
            in.readBytes(header);
            long body = Unpooled.wrappedBuffer(header).getUnsignedInt(8);
            byte[] rest = new byte[(int) Math.min(body, in.readableBytes())];
            in.readBytes(rest);
            out.append(HexFormat.of().formatHex(header)).append(' ');
            out.append(rest.length > 300 ? rest.length + " bytes #" + Arrays.hashCode(rest) : printable(rest));
            out.append('\n');
        }
        return out + in.toString(StandardCharsets.ISO_8859_1);
    }

    private static String printable(byte[] bytes) {
        StringBuilder out = new StringBuilder();
        for (byte b : bytes) {
            out.append(b > 0x20 && b < 0x7f ? String.valueOf((char) b) : String.format("%%%02x", b & 0xff));
        }
        return out.toString();
    }
}
