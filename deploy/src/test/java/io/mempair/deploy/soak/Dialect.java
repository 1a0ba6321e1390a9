package io.mempair.deploy.soak;

import java.io.IOException;

/** A protocol: how requests are written and what their answers must look like. */
interface Dialect {

    /** Appends a request. */
    void write(SoakRequest request, Output out);

    /** Appends a request that is answered after all before it. */
    void writeBarrier(Output out);

    /** Appends the request to close the connection without an answer. */
    void writeQuit(Output out);

    /** Reads the answer of a request, none if it must stay unanswered. */
    void read(SoakRequest request, Input in) throws IOException, WrongAnswer;

    void readBarrier(Input in) throws IOException, WrongAnswer;
}
