package io.mempair.ha.group;

import io.mempair.ha.handover.HandoverAbility;
import java.util.Locale;

/**
 * What a member tells the others about itself for their operators. Nothing is decided by it.
 *
 * @param version            of the program; at most {@value #MAX_TEXT} characters
 * @param upSeconds          since its start
 * @param holdsAddress       whether its interface carries the virtual address
 * @param open               whether its port is open
 * @param maintenance        whether the operator took it out
 * @param clients            connections of clients
 * @param servers            servers it has, of both tiers
 * @param serversUp          of these, connected
 * @param serversOut         of these, with a copy that is out of date
 * @param requestsPerSecond  taken from clients, over the last second or so
 * @param configuration      a number for everything in its file that both nodes should have alike; 0 for none
 * @param http               where it answers HTTP, as configured; at most {@value #MAX_TEXT} characters
 * @param handover           whether it can hand connections over, and take them
 */
public record MemberSummary(
        String version,
        long upSeconds,
        boolean holdsAddress,
        boolean open,
        boolean maintenance,
        int clients,
        int servers,
        int serversUp,
        int serversOut,
        int requestsPerSecond,
        long configuration,
        String http,
        HandoverAbility handover) {

    /** Longest text in it. */
    public static final int MAX_TEXT = 64;

    public MemberSummary {
        version = bounded(version);
        http = bounded(http);
    }

    /** Of a member that says nothing about hand-overs. */
    public MemberSummary(
            String version,
            long upSeconds,
            boolean holdsAddress,
            boolean open,
            boolean maintenance,
            int clients,
            int servers,
            int serversUp,
            int serversOut,
            int requestsPerSecond,
            long configuration,
            String http) {
        this(
                version,
                upSeconds,
                holdsAddress,
                open,
                maintenance,
                clients,
                servers,
                serversUp,
                serversOut,
                requestsPerSecond,
                configuration,
                http,
                HandoverAbility.UNSAID);
    }

    /** The same that says this about hand-overs. */
    public MemberSummary with(HandoverAbility ability) {
        return new MemberSummary(
                version,
                upSeconds,
                holdsAddress,
                open,
                maintenance,
                clients,
                servers,
                serversUp,
                serversOut,
                requestsPerSecond,
                configuration,
                http,
                ability);
    }

    /** Of a member that does not serve, or has not looked at itself yet. */
    public static MemberSummary plain(String version, long upSeconds, String http) {
        return new MemberSummary(version, upSeconds, false, false, false, 0, 0, 0, 0, 0, 0, http);
    }

    /** Printable ASCII: the other side shows it to people. */
    private static String bounded(String text) {
        String printable = text.replaceAll("[^ -~]", "?");
        return printable.length() <= MAX_TEXT ? printable : printable.substring(0, MAX_TEXT);
    }

    /** The number of the configuration for people: eight digits, or an empty text for none. */
    public String fingerprint() {
        return configuration == 0 ? "" : String.format(Locale.ROOT, "%08x", configuration >>> 32);
    }
}
