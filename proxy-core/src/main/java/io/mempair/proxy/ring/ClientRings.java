package io.mempair.proxy.ring;

import io.mempair.proxy.hash.KeyHash;
import io.mempair.proxy.hash.Md5Hash;
import io.mempair.proxy.hash.Murmur3Hash;
import io.mempair.proxy.hash.Xxh3Hash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** The rings of single clients that are not of ketama's family. */
public final class ClientRings {

    private static final int POINTS_OF_LIBMEMCACHED = 100;
    private static final int POINTS_OF_FOLSOM = 100;
    private static final int POINTS_OF_DALLI = 160;
    private static final int POINTS_OF_PECL = 160;
    private static final int POINTS_OF_MEMCACHED = 160;
    private static final int BUCKETS_OF_PECL = 1_024;

    private ClientRings() {}

    /**
     * libmemcached's consistent distribution without weights: 100 points a server, each the key's own hash of {@code name-k}. With
     * one weight above 1 it changes to libketama's points.
     *
     * @param hash  the hash of keys
     */
    public static Ring ofLibmemcached(List<Member> members, KeyHash hash) {
        if (members.stream().anyMatch(member -> member.weight() > 1)) {
            return KetamaRing.ofLibketama(members);
        }
        var points = new PointRing.RingPoints();
        for (int server = 0; server < members.size(); server++) {
            for (int k = 0; k < POINTS_OF_LIBMEMCACHED; k++) {
                points.add(hashOf(hash, members.get(server).name() + '-' + k), server);
            }
        }
        return points.ring();
    }

    /**
     * PECL memcache's consistent strategy: 160 points for each weight, looked up for 1,024 buckets, of which a key has the one its
     * hash leaves as a remainder.
     *
     * @param hash  the hash of keys and points
     */
    public static Ring ofPeclMemcache(List<Member> members, KeyHash hash) {
        var points = new PointRing.RingPoints();
        for (int server = 0; server < members.size(); server++) {
            Member member = members.get(server);
            for (int i = 0; i < POINTS_OF_PECL * member.weight(); i++) {
                points.add(hashOf(hash, member.name() + '-' + i), server);
            }
        }
        Ring ring = points.ring();
        int step = Integer.divideUnsigned(-1, BUCKETS_OF_PECL);
        int[] owners = new int[BUCKETS_OF_PECL];
        for (int bucket = 0; bucket < BUCKETS_OF_PECL; bucket++) {
            owners[bucket] = ring.serverOf(step * bucket);
        }
        return point -> owners[Integer.remainderUnsigned(point, BUCKETS_OF_PECL)];
    }

    /** PECL memcache's standard strategy: fifteen bits of the hash, of which 0 counts as 1, modulo the sum of weights. */
    public static Ring ofPeclMemcacheStandard(List<Member> members) {
        Ring slots = new SlotRing(members.stream().map(Member::weight).toList());
        return point -> slots.serverOf(Math.max((point >>> 16) & 0x7FFF, 1));
    }

    /** Dalli's: the first four bytes of the SHA-1 of {@code name:i} are a point, and a key belongs to the last one at or below. */
    public static Ring ofDalli(List<Member> members) {
        MessageDigest sha1 = sha1();
        int total = members.stream().mapToInt(Member::weight).sum();
        var points = new PointRing.RingPoints();
        for (int server = 0; server < members.size(); server++) {
            Member member = members.get(server);
            int count = (int) Math.floor(members.size() * POINTS_OF_DALLI * member.weight() / (double) total);
            for (int i = 0; i < count; i++) {
                byte[] digest = sha1.digest((member.name() + ':' + i).getBytes(StandardCharsets.UTF_8));
                points.add(Integer.reverseBytes(Md5Hash.littleEndianInt(digest, 0)), server);
            }
        }
        PointRing ring = points.ring();
        return ring::floorServerOf;
    }

    /**
     * folsom's: murmur3 of the name is a point, murmur3 of that point's four bytes the next, in the order of signed numbers. Of
     * two servers with one point folsom takes the later one; here the earlier has it, which is one point of 2^32.
     */
    public static Ring ofFolsom(List<Member> members) {
        Murmur3Hash murmur = Murmur3Hash.unseeded();
        var points = new PointRing.RingPoints();
        for (int server = 0; server < members.size(); server++) {
            byte[] text = members.get(server).name().getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < POINTS_OF_FOLSOM; i++) {
                int point = murmur.pointOf(text, 0, text.length);
                text = new byte[] {(byte) point, (byte) (point >>> 8), (byte) (point >>> 16), (byte) (point >>> 24)};
                points.add(asUnsigned(point), server);
            }
        }
        Ring ring = points.ring();
        return point -> ring.serverOf(asUnsigned(point));
    }

    /** The ring of memcached's own proxy, in its mode {@code default}: the lower half of XXH3 of {@code name-k} is a point. */
    public static Ring ofMemcached(List<Member> members) {
        KeyHash xxh3 = new Xxh3Hash();
        var points = new PointRing.RingPoints();
        for (int server = 0; server < members.size(); server++) {
            for (int k = 0; k < POINTS_OF_MEMCACHED; k++) {
                points.add(hashOf(xxh3, members.get(server).name() + '-' + k), server);
            }
        }
        return points.ring();
    }

    /** The unsigned number that stands among its like where this one stands among signed ones. */
    private static int asUnsigned(int signed) {
        return signed ^ Integer.MIN_VALUE;
    }

    private static int hashOf(KeyHash hash, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return hash.pointOf(bytes, 0, bytes.length);
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("a Java platform without SHA-1", e);
        }
    }
}
