package io.mempair.deploy.soak;

/** How a request ends, in the words all protocols share. */
enum Outcome {
    OK,
    /** The condition of an add, replace, append or prepend did not hold. */
    NOT_STORED,
    /** The cas id is not the item's any more. */
    EXISTS,
    NOT_FOUND
}
