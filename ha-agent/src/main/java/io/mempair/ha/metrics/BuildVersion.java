package io.mempair.ha.metrics;

/** The version of this build, from the manifest of its jar. Any thread. */
public final class BuildVersion {

    private BuildVersion() {}

    /** As Maven wrote it; words in brackets when the classes do not come from a jar. */
    public static String number() {
        String version = BuildVersion.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
