package io.mempair.ha.check;

/**
 * The standing of a check after its runs: it changes after so many runs in a row that say otherwise, and the first run
 * counts alone. Pure.
 *
 * @param rise      good runs in a row that make it good
 * @param fall      failed runs in a row that make it bad
 * @param known     whether there was a run
 * @param good      how it stands
 * @param contrary  runs in a row that say otherwise
 */
record RiseFall(int rise, int fall, boolean known, boolean good, int contrary) {

    RiseFall(int rise, int fall) {
        this(rise, fall, false, false, 0);
    }

    /** After one more run. */
    RiseFall after(boolean ranGood) {
        if (!known || ranGood == good) {
            return new RiseFall(rise, fall, true, ranGood, 0);
        }
        return contrary + 1 >= (good ? fall : rise)
                ? new RiseFall(rise, fall, true, ranGood, 0)
                : new RiseFall(rise, fall, true, good, contrary + 1);
    }
}
