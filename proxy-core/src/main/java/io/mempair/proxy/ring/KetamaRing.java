package io.mempair.proxy.ring;

import io.mempair.proxy.hash.Md5Hash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * The family of ketama: the MD5 of {@code name-k}, for k from 0, gives four points of a server. Its members differ in what the
 * name is and in how many digests a server has; {@code docs/reference/placement.md} says which client has which.
 */
public final class KetamaRing {

    private static final int DIGESTS_OF_MAGENT = 500;
    private static final int POINTS_PER_DIGEST = 4;

    /** 160 points a server where all weigh the same. */
    private static final int POINTS_PER_SERVER = 160;

    private static final int DIGESTS_PER_SERVER = POINTS_PER_SERVER / POINTS_PER_DIGEST;

    /** Added by libketama against rounding down; less than the least step of the products it is added to. */
    private static final float AGAINST_ROUNDING = 0.0000000001F;

    private KetamaRing() {}

    /**
     * magent 0.7's: 500 digests a server whatever it weighs. (magent 0.6 kept one byte of the key's digest and so put nearly every
     * key on one server; no user can want to be compatible with that.)
     */
    public static Ring ofMagent(List<Member> members) {
        return ring(members, member -> DIGESTS_OF_MAGENT);
    }

    /**
     * libketama's, which libmemcached and twemproxy have: weights are shares of all, and the number of digests is computed in
     * single precision, so that 25 equal servers have 39 digests each and not 40.
     */
    public static Ring ofLibketama(List<Member> members) {
        return ring(members, libketamaDigests(members));
    }

    private static Digests libketamaDigests(List<Member> members) {
        int total = totalWeight(members);
        return member -> {
            float share = (float) member.weight() / (float) total;
            return (int) (share * POINTS_PER_SERVER / POINTS_PER_DIGEST * (float) members.size() + AGAINST_ROUNDING);
        };
    }

    /** That of npm's hashring, which memcached for Node has: the same in double precision. */
    public static Ring ofHashring(List<Member> members) {
        int total = totalWeight(members);
        return ring(members, member -> {
            double share = (double) member.weight() / total;
            return (int) (share * DIGESTS_PER_SERVER * members.size());
        });
    }

    /** spymemcached's and moxi's: 40 digests a server where all weigh the same, else as libketama. */
    public static Ring ofSpymemcached(List<Member> members) {
        boolean equal = members.stream().mapToInt(Member::weight).distinct().count() <= 1;
        return ring(members, equal ? member -> DIGESTS_PER_SERVER : libketamaDigests(members));
    }

    /** xmemcached's: 40 digests for each weight, whatever the others weigh. */
    public static Ring ofXmemcached(List<Member> members) {
        return ring(members, member -> DIGESTS_PER_SERVER * member.weight());
    }

    private static int totalWeight(List<Member> members) {
        return members.stream().mapToInt(Member::weight).sum();
    }

    private static Ring ring(List<Member> members, Digests digests) {
        MessageDigest md5 = Md5Hash.newMd5();
        var points = new PointRing.RingPoints();
        for (int server = 0; server < members.size(); server++) {
            Member member = members.get(server);
            int count = digests.of(member);
            for (int k = 0; k < count; k++) {
                byte[] digest = md5.digest((member.name() + '-' + k).getBytes(StandardCharsets.UTF_8));
                for (int i = 0; i < POINTS_PER_DIGEST; i++) {
                    points.add(Md5Hash.littleEndianInt(digest, i * 4), server);
                }
            }
        }
        return points.ring();
    }

    /** How many digests a server has. */
    private interface Digests {
        int of(Member member);
    }
}
