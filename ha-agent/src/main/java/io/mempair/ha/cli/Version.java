package io.mempair.ha.cli;

import io.mempair.ha.metrics.BuildVersion;
import picocli.CommandLine.IVersionProvider;

/** The version as the jar's manifest tells it. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"mempair " + BuildVersion.number()};
    }
}
