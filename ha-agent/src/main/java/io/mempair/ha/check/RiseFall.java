package io.mempair.ha.check;

/**
 * Status of a check after its runs: it changes after a number of consecutive runs with the opposite result; the first
 * run decides alone. Pure.
 *
 * @param rise      consecutive good runs that make it good
 * @param fall      consecutive failed runs that make it bad
 * @param known     whether there was a run
 * @param good      the current status
 * @param contrary  consecutive runs with the opposite result
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
