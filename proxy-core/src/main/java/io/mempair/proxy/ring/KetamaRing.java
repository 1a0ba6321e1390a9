package io.mempair.proxy.ring;

import io.mempair.proxy.hash.Md5Hash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/**
 * magent 0.7's ketama: 500 digests a server, the MD5 of {@code host-port-k} for k from 0, four points a
 * digest; a point belongs to the first server point at or above it, past the last to the first.
 *
 * <p>Where two servers share a point the one named first wins, so that a ring does not depend on how a
 * sort treats equals. (magent 0.6 kept one byte of the key's digest and so put nearly every key on one
 * server; nobody can want to be compatible with that.)
 */
public final class KetamaRing implements Ring {

    private static final int DIGESTS_PER_SERVER = 500;
    private static final int POINTS_PER_DIGEST = 4;

    /** Unsigned points in rising order. */
    private final long[] points;

    private final int[] owners;

    /** A ring of the servers with these names, {@code host-port} each, in order. */
    public KetamaRing(List<String> serverNames) {
        if (serverNames.isEmpty()) {
            throw new IllegalArgumentException("servers: 0 (expected: at least 1)");
        }
        long[] pointsWithOwner = pointsWithOwner(serverNames);
        Arrays.sort(pointsWithOwner);
        points = new long[pointsWithOwner.length];
        owners = new int[pointsWithOwner.length];
        for (int i = 0; i < points.length; i++) {
            points[i] = pointsWithOwner[i] >>> 16;
            owners[i] = (int) (pointsWithOwner[i] & 0xFFFF);
        }
    }

    /** Point in the upper bits and owner in the lower sixteen, so that one sort orders by both. */
    private static long[] pointsWithOwner(List<String> serverNames) {
        MessageDigest md5 = Md5Hash.newMd5();
        long[] all = new long[serverNames.size() * DIGESTS_PER_SERVER * POINTS_PER_DIGEST];
        int next = 0;
        for (int server = 0; server < serverNames.size(); server++) {
            for (int k = 0; k < DIGESTS_PER_SERVER; k++) {
                byte[] digest = md5.digest((serverNames.get(server) + '-' + k).getBytes(StandardCharsets.UTF_8));
                for (int i = 0; i < POINTS_PER_DIGEST; i++) {
                    long point = Integer.toUnsignedLong(Md5Hash.littleEndianInt(digest, i * 4));
                    all[next++] = point << 16 | server;
                }
            }
        }
        return all;
    }

    @Override
    public int serverOf(int point) {
        long wanted = Integer.toUnsignedLong(point);
        int low = 0;
        int high = points.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (points[middle] < wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return owners[low == points.length ? 0 : low];
    }
}
