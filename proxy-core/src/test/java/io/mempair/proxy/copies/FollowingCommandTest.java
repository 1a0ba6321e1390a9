package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.meta.MetaRequestParser;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.TextRequestParser;
import io.mempair.proxy.testkit.script.VirtualProxy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the server that decides receives of a write, and what the other one receives after it. */
class FollowingCommandTest {

    private static final int LONGEST_ITEM_BYTES = 1 << 20;
    private static final String ID = " E[0-9]+";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** No client waits for the answer: only lines are looked at. */
    private static ReplicatedCommand classic(String line) {
        TextRequestParser parser = new TextRequestParser();
        ByteBuf in = Unpooled.wrappedBuffer(bytes(line));
        assertThat(parser.read(in, 0, in.readableBytes())).isNull();
        return new ReplicatedTextCommand(parser.request().copy(), null);
    }

    private static ReplicatedCommand meta(String line) {
        MetaRequestParser parser = new MetaRequestParser();
        Command command = Command.valueOf(line.substring(0, 2).toUpperCase(Locale.ROOT));
        assertThat(parser.read(command, bytes(line), line.length())).isNull();
        return new ReplicatedMetaCommand(parser.request().copy(), null);
    }

    private static ReplicatedCommand identified(ReplicatedCommand write) {
        try (VirtualProxy proxy = new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31"))) {
            return write.identified(proxy.context(), LONGEST_ITEM_BYTES);
        }
    }

    private static String line(CopyCommand command) {
        ByteBuf out = Unpooled.buffer();
        command.appendLine(out, 0);
        assertThat(out.readableBytes()).isLessThanOrEqualTo(command.lineBytes());
        String line = out.toString(StandardCharsets.ISO_8859_1);
        out.release();
        assertThat(line).endsWith("\r\n");
        return line.substring(0, line.length() - 2);
    }

    @ParameterizedTest
    @CsvSource({
        "add k 7 100 3,       set k 7 100 3",
        "replace k 0 0 3,     set k 0 0 3",
        "cas k 1 -1 3 12,     set k 1 -1 3",
        "append k 0 0 3,      append k 0 0 3",
        "prepend k 0 0 3,     prepend k 0 0 3",
        "incr k 5,            incr k 5",
        "decr k 5,            decr k 5",
        "touch k 100,         touch k 100",
    })
    void aClassicWriteIsFollowedWithoutItsCondition(String asked, String following) {
        ReplicatedCommand write = classic(asked);

        assertThat(write.isConditional()).isTrue();
        assertThat(line(write)).startsWith(asked.startsWith("cas") ? "cas k 1 -1 3 " : asked);
        assertThat(line(write.follower())).isEqualTo(following);
        assertThat(line(write.deletion())).isEqualTo("delete k");
    }

    @ParameterizedTest
    @CsvSource({
        "set k 7 100 3,       ms k 3 F7 T100,          ms k 3 F7 T100",
        "add k 7 100 3,       ms k 3 F7 T100 ME,       ms k 3 F7 T100",
        "replace k 0 0 3,     ms k 3 F0 T0 MR,         ms k 3 F0 T0",
        "cas k 1 -1 3 12,     ms k 3 F1 T-1 C[0-9]+,   ms k 3 F1 T-1",
        "append k 0 0 3,      ms k 3 MA,               ms k 3 MA",
        "prepend k 0 0 3,     ms k 3 MP,               ms k 3 MP",
    })
    void bothCopiesGetTheSameId(String asked, String deciding, String following) {
        ReplicatedCommand write = identified(classic(asked));
        String decided = line(write);
        String followed = line(write.follower());

        assertThat(decided).matches(deciding + ID);
        assertThat(followed).matches(following + ID);
        assertThat(decided.substring(decided.indexOf(" E"))).isEqualTo(followed.substring(followed.indexOf(" E")));
        assertThat(line(write.deletion())).isEqualTo("delete k");
        assertThat(identified(write)).isSameAs(write);
    }

    @ParameterizedTest
    @CsvSource({
        "incr k 5",
        "touch k 0",
        "'set k 0 99999999999 3'",
        "'add k 0 0 1048576'",
    })
    void whatNoMetaCommandDoesExactlyGetsNoId(String asked) {
        ReplicatedCommand write = classic(asked);

        assertThat(identified(write)).isSameAs(write);
    }

    @ParameterizedTest
    @CsvSource({
        "ms k 3 ME T100,      ms k 3 T100",
        "ms k 3 MR c,         ms k 3 c",
        "ms k 3 C12 F5,       ms k 3 F5",
        "ms k 3 MA,           ms k 3 MA",
        "ms k 3 C12 I,        md k",
        "md k C12,            md k",
        "md aw== b C12,       md aw== b",
        "md k I T30,          md k I T30",
        "ma k D5 v,           ma k D5 v",
        "ma k C12 q,          ma k",
    })
    void aMetaWriteIsFollowedWithoutItsCondition(String asked, String following) {
        ReplicatedCommand write = meta(asked);

        assertThat(write.isConditional()).isTrue();
        assertThat(line(write.follower())).isEqualTo(following);
        assertThat(line(write.deletion())).isEqualTo(asked.contains(" b ") ? "md aw== b" : "md k");
    }

    @ParameterizedTest
    @CsvSource({"'ms k 3 MA N100'", "'ms k 3 MP N0'", "'ma k N100 J3 v'"})
    void whatCreatesAnItemOnAMissIsFollowedByACopyOnly(String asked) {
        assertThat(meta(asked).follower()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "ms k 3 ME,           true",
        "ms k 3 E99,          false",
        "md k I T30,          true",
        "md k,                false",
        "ma k D5,             false",
    })
    void aMetaWriteGetsAnIdIfItMakesAnItemAndTheClientChoseNone(String asked, boolean gets) {
        ReplicatedCommand write = meta(asked);
        ReplicatedCommand identified = identified(write);

        assertThat(identified != write).isEqualTo(gets);
        if (gets) {
            assertThat(line(identified)).matches(".*" + ID);
            assertThat(line(identified.follower())).matches(".*" + ID);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "incr k 5,      NUMBER,    15,      15,      true",
        "incr k 5,      NUMBER,    15,      16,      false",
        "incr k 5,      NOT_FOUND, 15,      '',      false",
        "add k 0 0 3,   STORED,    STORED,  STORED,  true",
        "append k 0 0 1, NOT_STORED, STORED, NOT_STORED, false",
        "touch k 5,     TOUCHED,   TOUCHED, TOUCHED, true",
        "touch k 5,     NOT_FOUND, TOUCHED, NOT_FOUND, false",
        "add k 0 0 3,   SERVER_ERROR, STORED, SERVER_ERROR, false",
    })
    void aClassicCopyAgreesIfItDidTheSame(
            String asked, ReplyLine meaning, String decided, String followed, boolean agrees) {
        assertThat(classic(asked).follower().agrees(bytes(decided + "\r\n"), bytes(followed + "\r\n"), meaning))
                .isEqualTo(agrees);
    }

    @ParameterizedTest
    @CsvSource({
        "md k C12,      HD,   HD,         HD,         true",
        "md k C12,      NF,   HD,         NF,         true",
        "md k C12,      SERVER_ERROR, HD, SERVER_ERROR, false",
        "ms k 3 I C12,  NF,   HD,         NF,         true",
        "ma k v,        HD,   'VA 2|15|', 'VA 2|15|', true",
        "ma k v,        HD,   'VA 2|15|', 'VA 2|16|', false",
        "ma k,          HD,   'HD|',      'HD|',      true",
        "ma k,          NF,   'HD|',      'NF|',      false",
        "ma k v t,      HD,   'VA 2 t5|15|', 'VA 2 t6|15|', true",
        "ms k 3 MA,     NS,   'HD|',      'NS|',      false",
    })
    void aMetaCopyAgreesIfItHoldsTheSame(
            String asked, ReplyLine meaning, String decided, String followed, boolean agrees) {
        assertThat(meta(asked)
                        .follower()
                        .agrees(bytes(decided.replace("|", "\r\n")), bytes(followed.replace("|", "\r\n")), meaning))
                .isEqualTo(agrees);
    }

    @ParameterizedTest
    @CsvSource({
        "delete k,     DELETED,      CHANGED",
        "delete k,     NOT_FOUND,    UNCHANGED",
        "delete k,     SERVER_ERROR, REFUSED",
        "set k 0 0 3,  STORED,       CHANGED",
        "add k 0 0 3,  NOT_STORED,   REFUSED",
        "cas k 0 0 3 1, EXISTS,      REFUSED",
        "cas k 0 0 3 1, NOT_FOUND,   REFUSED",
        "incr k 5,     NUMBER,       CHANGED",
        "touch k 5,    TOUCHED,      CHANGED",
        "md k,         HD,           CHANGED",
        "md k,         NF,           UNCHANGED",
        "md k C5,      EX,           REFUSED",
        "ms k 3,       HD,           CHANGED",
        "ms k 3 ME,    NS,           REFUSED",
        "ma k,         NF,           REFUSED",
    })
    void aReplyTellsWhatTheServerDid(String asked, ReplyLine meaning, WriteEffect effect) {
        ReplicatedCommand write = asked.startsWith("m") ? meta(asked) : classic(asked);

        assertThat(write.effect(meaning)).isEqualTo(effect);
    }
}
