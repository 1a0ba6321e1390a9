package io.mempair.proxy.testkit;

import io.mempair.proxy.testkit.TextClient.Retrieved;
import java.io.IOException;

/** Requests of the text protocol and their answers, over whatever connection. For one thread. */
public interface TextRequests {

    /** Sends a request and returns the line that answers it. */
    String ask(String request) throws IOException;

    /** Sends {@code get} or the like and reads what it brings. */
    Retrieved retrieve(String request) throws IOException;

    /** The answer to a {@code get} or {@code gets} sent before. */
    Retrieved retrieved() throws IOException;
}
