package io.mempair.proxy.ring;

import java.util.Arrays;

/**
 * Servers' points on a circle: a key belongs to the first point at or above its own, past the last to the first.
 *
 * <p>Where two servers share a point the one named first wins, so that a ring does not depend on how a sort treats equals.
 */
public final class PointRing implements Ring {

    /** Unsigned points in rising order. */
    private final long[] points;

    private final int[] owners;

    private PointRing(long[] points, int[] owners) {
        this.points = points;
        this.owners = owners;
    }

    @Override
    public int serverOf(int point) {
        int index = firstAtOrAbove(Integer.toUnsignedLong(point));
        return owners[index == points.length ? 0 : index];
    }

    /** The server of the last point at or below this one, and before the first the server of the last of all. */
    int floorServerOf(int point) {
        int index = firstAtOrAbove(Integer.toUnsignedLong(point) + 1) - 1;
        return owners[index < 0 ? points.length - 1 : index];
    }

    private int firstAtOrAbove(long wanted) {
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
        return low;
    }

    /** Collects points. For one thread, and one ring. */
    static final class RingPoints {
        private long[] pointsWithOwner = new long[1_024];
        private int size;

        /** Adds a point, an unsigned number, of a server. Owner in the lower sixteen bits, so that one sort orders by both. */
        void add(int point, int server) {
            if (size == pointsWithOwner.length) {
                pointsWithOwner = Arrays.copyOf(pointsWithOwner, size * 2);
            }
            pointsWithOwner[size++] = (Integer.toUnsignedLong(point) << 16) | server;
        }

        PointRing ring() {
            if (size == 0) {
                throw new IllegalArgumentException("servers: 0 (expected: at least 1)");
            }
            long[] sorted = Arrays.copyOf(pointsWithOwner, size);
            Arrays.sort(sorted);
            long[] points = new long[size];
            int[] owners = new int[size];
            for (int i = 0; i < size; i++) {
                points[i] = sorted[i] >>> 16;
                owners[i] = (int) (sorted[i] & 0xFFFF);
            }
            return new PointRing(points, owners);
        }
    }
}
