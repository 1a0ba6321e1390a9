package io.mempair.deploy.soak;

/** What a request asks for. The weight says how often it is drawn. */
enum Kind {
    GET(30),
    MULTI_GET(8),
    /** Get with the cas id. */
    GETS(6),
    /** Get and touch. */
    GAT(4),
    SET(22),
    ADD(4),
    REPLACE(4),
    APPEND(5),
    PREPEND(3),
    CAS(5),
    INCR(5),
    DECR(3),
    TOUCH(4),
    DELETE(5);

    private final int weight;

    Kind(int weight) {
        this.weight = weight;
    }

    int weight() {
        return weight;
    }

    /** Whether a hit is answered with a value. */
    boolean reads() {
        return this == GET || this == MULTI_GET || this == GETS || this == GAT;
    }

    boolean counts() {
        return this == INCR || this == DECR;
    }

    /** Whether the request carries a value. */
    boolean stores() {
        return switch (this) {
            case SET, ADD, REPLACE, APPEND, PREPEND, CAS -> true;
            default -> false;
        };
    }
}
