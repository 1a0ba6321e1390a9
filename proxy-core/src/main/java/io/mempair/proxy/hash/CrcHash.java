package io.mempair.proxy.hash;

import java.util.zip.CRC32;

/** Checksums used as hashes. An instance keeps its state: one event loop each. */
public abstract class CrcHash implements KeyHash {

    private static final int CRC16_POLYNOMIAL = 0x1021;

    private CrcHash() {}

    /** All 32 bits of the IEEE checksum: twemproxy's {@code crc32a}, gomemcache, Dalli, PECL memcache. */
    public static CrcHash crc32a() {
        return new CrcHash() {
            private final CRC32 crc = new CRC32();

            @Override
            public int pointOf(byte[] bytes, int offset, int length) {
                crc.reset();
                crc.update(bytes, offset, length);
                return (int) crc.getValue();
            }
        };
    }

    /** Fifteen bits of it: libmemcached's and twemproxy's {@code crc32}, python-memcached, Cache::Memcached. */
    public static CrcHash crc32() {
        CrcHash all = crc32a();
        return new CrcHash() {
            @Override
            public int pointOf(byte[] bytes, int offset, int length) {
                return (all.pointOf(bytes, offset, length) >>> 16) & 0x7FFF;
            }
        };
    }

    /**
     * twemproxy's {@code crc16}. It keeps 32 bits and never cuts them to 16, so bits that were shifted out at the top of a usual
     * checksum stay in the result.
     */
    public static CrcHash crc16() {
        int[] table = crc16Table();
        return new CrcHash() {
            @Override
            public int pointOf(byte[] bytes, int offset, int length) {
                int crc = 0;
                for (int i = offset; i < offset + length; i++) {
                    crc = (crc << 8) ^ table[((crc >>> 8) ^ bytes[i]) & 0xFF];
                }
                return crc;
            }
        };
    }

    private static int[] crc16Table() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ CRC16_POLYNOMIAL;
            }
            table[i] = crc & 0xFFFF;
        }
        return table;
    }
}
