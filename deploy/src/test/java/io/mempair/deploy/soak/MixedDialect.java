package io.mempair.deploy.soak;

import java.io.IOException;

/** Text and meta commands on one connection, in turn. */
final class MixedDialect implements Dialect {

    private final Dialect text = new TextDialect();
    private final Dialect meta = new MetaDialect();

    private Dialect of(SoakRequest request) {
        return request.opaque() % 2 == 0 ? text : meta;
    }

    @Override
    public void write(SoakRequest request, Output out) {
        of(request).write(request, out);
    }

    @Override
    public void writeBarrier(Output out) {
        meta.writeBarrier(out);
    }

    @Override
    public void writeQuit(Output out) {
        text.writeQuit(out);
    }

    @Override
    public void read(SoakRequest request, Input in) throws IOException, WrongAnswer {
        of(request).read(request, in);
    }

    @Override
    public void readBarrier(Input in) throws IOException, WrongAnswer {
        meta.readBarrier(in);
    }
}
