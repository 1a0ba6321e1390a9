package io.mempair.ha.locate;

import io.mempair.proxy.config.ServerAddress;

/**
 * A place of a key and what is there.
 *
 * @param tier    which copy it is
 * @param server  where it belongs
 * @param name    of the server, if the configuration gives it one, or empty
 * @param state   what the server has
 */
public record KeyCopy(CopyTier tier, ServerAddress server, String name, CopyState state) {

    /** Which of the two tiers of a pool a server is in. */
    public enum CopyTier {
        PRIMARY("primary"),
        BACKUP("backup");

        private final String word;

        CopyTier(String word) {
            this.word = word;
        }

        /** For people. */
        public String word() {
            return word;
        }
    }
}
