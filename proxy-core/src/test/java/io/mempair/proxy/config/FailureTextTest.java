package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailureTextTest {

    /** As Netty does. */
    private static final class AnnotatedNoRoute extends NoRouteToHostException {

        private static final long serialVersionUID = 1;

        AnnotatedNoRoute(NoRouteToHostException cause) {
            super(cause.getMessage() + ": /10.0.0.21:11211");
            initCause(cause);
        }
    }

    /** As Netty does. */
    private static final class AnnotatedRefusal extends ConnectException {

        private static final long serialVersionUID = 1;

        AnnotatedRefusal(ConnectException cause) {
            super(cause.getMessage() + ": /10.0.0.21:11211");
            initCause(cause);
        }
    }

    @Test
    void aMessageIsKept() {
        assertThat(FailureText.of(new IOException("Broken pipe"))).isEqualTo("Broken pipe");
        assertThat(FailureText.of(new AnnotatedNoRoute(new NoRouteToHostException("No route to host"))))
                .isEqualTo("No route to host: /10.0.0.21:11211");
    }

    @Test
    void aFailureWithoutAMessageIsToldInWords() {
        assertThat(FailureText.of(new NoRouteToHostException())).startsWith("no route to host: ");
        assertThat(FailureText.of(new AnnotatedNoRoute(new NoRouteToHostException())))
                .startsWith("no route to host: ")
                .doesNotContain("null");
        assertThat(FailureText.of(new ConnectException())).isEqualTo("connection refused");
        assertThat(FailureText.of(new ClosedChannelException())).isEqualTo("the connection is closed");
    }

    /** Its own message is the first bytes of the answer, as hex digits. */
    @Test
    void anAnswerThatIsNoTlsIsToldInWords() {
        NotSslRecordException plain = new NotSslRecordException("not an SSL/TLS record: 4552524f520d0a");

        assertThat(FailureText.of(plain)).startsWith("what answers there does not speak TLS (expected: ");
        assertThat(FailureText.of(new DecoderException(plain))).isEqualTo(FailureText.of(plain));
    }

    /** Whatever the transport, and whatever the language of the host. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection refused",
                "Verbindungsaufbau abgelehnt",
                "finishConnect(..) failed with error(-111): Connection refused",
                "io_uring connect(..) failed with error(-111): Verbindungsaufbau abgelehnt"
            })
    void aRefusedConnectionIsToldInTheSameWords(String message) {
        ConnectException refused = new ConnectException(message);

        assertThat(FailureText.of(refused)).isEqualTo("connection refused");
        assertThat(FailureText.of(new AnnotatedRefusal(refused))).isEqualTo("connection refused");
        assertThat(Refusal.is(new AnnotatedRefusal(refused))).isTrue();
    }

    /** A full table of ports or a rule of this host's own firewall says nothing of the other host. */
    @ParameterizedTest
    @CsvSource({
        "-1, 'not permitted, as by a rule of this host''s firewall'",
        "-99, 'this host has not that address, or no free port'",
        "-103, 'ended on this host, by the guard because the node was paused for long, or by `ss -K`'",
        "-110, no answer in time",
        "-5, in words of the system",
    })
    void anotherAnswerOfTheKernelIsNoRefusal(int errno, String words) {
        ConnectException failure =
                new ConnectException("io_uring connect(..) failed with error(" + errno + "): in words of the system");

        assertThat(FailureText.of(failure)).isEqualTo(words);
        assertThat(Refusal.is(failure)).isFalse();
        assertThat(Refusal.is(new ConnectTimeoutException("connection timed out after 5 ms: /10.0.0.1:1")))
                .isFalse();
    }

    @Test
    void aFileIsToldInWordsWithoutItsName() {
        assertThat(FailureText.of(new NoSuchFileException("/x"))).isEqualTo("no such file or folder");
        assertThat(FailureText.of(new AccessDeniedException("/x"))).isEqualTo("no permission for this user");
        assertThat(FailureText.of(new FileSystemException("/x", null, "Read-only file system")))
                .as("the same for each try, whatever its temporary name is")
                .isEqualTo(FailureText.of(new FileSystemException("/y", null, "Read-only file system")))
                .isEqualTo("Read-only file system");
        assertThat(FailureText.of(new FileSystemException("/x"))).isEqualTo("the system refuses it");
        assertThat(FailureText.of(new MalformedInputException(1))).isEqualTo("not text in UTF-8");
    }

    @Test
    void anUnknownOneIsNamedByItsType() {
        assertThat(FailureText.of(new IOException(" "))).isEqualTo("IOException");
    }
}
