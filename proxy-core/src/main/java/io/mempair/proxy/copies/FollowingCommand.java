package io.mempair.proxy.copies;

import io.mempair.proxy.protocol.text.ReplyLine;

/** What makes the second copy equal, once the deciding server has changed its own. */
interface FollowingCommand extends CopyCommand {

    /**
     * Whether the second copy now equals the decider's.
     *
     * @param decided   the decider's reply
     * @param followed  the reply to this command
     * @param meaning   of {@code followed}
     */
    boolean agrees(byte[] decided, byte[] followed, ReplyLine meaning);
}
