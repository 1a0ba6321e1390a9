package io.mempair.proxy.replication;

/**
 * How the clients of a pool with one copy are told cas ids. Each server counts its ids from 1, so once a key has moved to another
 * server, an id that was read before may be that of a later value there. From the first move on clients get {@link CasTag
 * tagged} ids, and one that another server counted matches nothing. It never goes back to counted ids, because nobody knows how long a client
 * keeps one. Shared by the loops; any thread.
 */
public final class CasIds {

    private enum IdForm {
        /** As the servers count them. No key has moved. */
        COUNTED,

        /** Tagged. No key has moved yet, so an id that a client was told before is taken as it is. */
        TAGGED_SOON,

        /** Tagged. */
        TAGGED
    }

    private volatile IdForm form = IdForm.COUNTED;

    /** Keys are going to move: clients get tagged ids from now on, which they may keep until then. */
    public synchronized void keysMayMove() {
        if (form == IdForm.COUNTED) {
            form = IdForm.TAGGED_SOON;
        }
    }

    /** Keys move now: an id without a tag may be that of another value from now on. */
    public synchronized void keysMove() {
        form = IdForm.TAGGED;
    }

    /** Whether clients are told the very ids that servers count. */
    public boolean areCounted() {
        return form == IdForm.COUNTED;
    }

    /** The id to send to the server with that tag for a client's {@code id}; {@link CasTag#NO_ID} if it can match nothing there. */
    public long forServer(int tag, long id) {
        IdForm now = form;
        boolean asItIs = now == IdForm.COUNTED || (now == IdForm.TAGGED_SOON && CasTag.isCounted(id));
        return asItIs ? id : CasTag.forServer(tag, id);
    }
}
