package io.mempair.proxy.protocol.text;

import io.mempair.proxy.protocol.Command;

/** What the answer to a request looks like. An error line may replace any of them. */
public enum ReplyShape {
    /** Values and END. */
    RETRIEVAL,
    STORED,
    DELETED,
    NUMBER,
    TOUCHED,
    OK,
    VERSION,
    /** A return code with flags, or a value, which ends the answer without END: mg, md, ma, me. */
    META,
    /** As {@link #META}, to a request that carried a data block: ms. */
    META_STORED,
    /** STAT lines and END, or RESET. */
    STATS;

    /** The shape of the answer to {@code command}, which must be one that servers answer. */
    public static ReplyShape of(Command command) {
        return switch (command) {
            case GET, GETS, GAT, GATS -> RETRIEVAL;
            case SET, ADD, REPLACE, APPEND, PREPEND, CAS -> STORED;
            case DELETE -> DELETED;
            case INCR, DECR -> NUMBER;
            case TOUCH -> TOUCHED;
            case FLUSH_ALL -> OK;
            case VERSION -> VERSION;
            case STATS -> STATS;
            default -> throw new IllegalArgumentException("no server is asked for " + command);
        };
    }

    /** Whether an answer of this shape may be {@code line}. */
    boolean allows(ReplyLine line) {
        if (line.isError()) {
            return true;
        }
        return switch (this) {
            case RETRIEVAL -> false;
            case STORED ->
                line == ReplyLine.STORED
                        || line == ReplyLine.NOT_STORED
                        || line == ReplyLine.EXISTS
                        || line == ReplyLine.NOT_FOUND;
            case DELETED -> line == ReplyLine.DELETED || line == ReplyLine.NOT_FOUND;
            case NUMBER -> line == ReplyLine.NUMBER || line == ReplyLine.NOT_FOUND;
            case TOUCHED -> line == ReplyLine.TOUCHED || line == ReplyLine.NOT_FOUND;
            case OK -> line == ReplyLine.OK;
            case VERSION -> line == ReplyLine.VERSION;
            case META, META_STORED -> line.isMeta();
            case STATS -> line == ReplyLine.END || line == ReplyLine.RESET;
        };
    }

    /**
     * Whether after this error no further answer can be matched. A storage line that the server does not understand is
     * followed by what it takes for commands; a refused {@code ms} only if the error says that the line itself was bad.
     *
     * @param badFormat  whether that is what the error says
     */
    public boolean mayHaveReadDataAsCommands(ReplyLine error, boolean badFormat) {
        return switch (this) {
            case STORED -> error == ReplyLine.ERROR || error == ReplyLine.CLIENT_ERROR;
            case META_STORED -> error == ReplyLine.ERROR || badFormat;
            default -> false;
        };
    }
}
