package io.mempair.ha.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.agent.NodeFacts;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.election.Departure;
import io.mempair.ha.election.Role;
import io.mempair.ha.group.MemberSummary;
import io.mempair.ha.handover.HandoverAbility;
import io.mempair.ha.history.HistoryRecord;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.replication.ReplicaStatus;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One status on every face: the page, the JSON and the control socket. */
@Timeout(30)
class StatusFacesTest extends OpenAdminServer {

    @Test
    void theStatusIsWholeAndItsStringsAreEscaped() throws Exception {
        node.status = FakeNode.status(Role.STANDBY, false, false, "a \"quote\", a \\ and a\nline");

        assertThat(get("/status").body())
                .isEqualTo(
                        "{\"name\":\"a\",\"role\":\"standby\",\"epoch\":7,\"active_node\":null,\"reason\":\"a"
                                + " \\\"quote\\\", a \\\\ and a\\u000aline\",\"since_ms\":12345,"
                                + "\"holds_address\":false,\"serves\":false,\"addresses\":[\"10.0.0.100/24\"],\"interface\":\"eth0\","
                                + "\"peers\":[{\"name\":\"b\",\"role\":\"active\",\"priority\":100,\"alive\":true,\"heard_ms\":42,\"departure\":null,\"places_otherwise\":false,\"summary\":null}],\"summary\":{\"version\":\"1.2.3\",\"up_s\":12,\"holds_address\":true,\"open\":true,\"maintenance\":false,\"clients\":3,\"servers\":2,\"servers_up\":2,\"servers_out\":0,\"requests_per_second\":1500,\"configuration\":\"0abcdef0\",\"http\":\"10.0.0.1:9411\",\"handover\":\"unsaid\"},\"kind\":\"node\",\"verdict\":{\"level\":\"fine\",\"text\":\"b"
                                + " serves, a can take"
                                + " over\"},\"handover\":{\"possible\":false,\"text\":\"not known yet\"},\"maintenance\":false,\"checks\":[{\"name\":\"disk\",\"good\":false,\"outcome\":\"exit"
                                + " code 1\"}],\"warnings\":[\"address conflict: another"
                                + " \\\"host\\\"\"],\"proxy\":{\"transport\":\"epoll\",\"open\":false,\"clients\":3,\"loop_stall_ms\":2,\"servers\":[{\"address\":\"m1:11211\",\"tier\":\"primary\",\"up\":true,\"replica_status\":null,\"missed_keys\":0,\"refill\":null,\"failure\":null}],\"memory\":{\"held_bytes\":0,\"limit_bytes\":0,\"allocated_bytes\":0,\"allocated_limit_bytes\":0,\"heap_bytes\":0,\"heap_limit_bytes\":0,\"short\":false,\"clients_closed\":0,\"held\":{}},\"rebalance\":null},\"reload\":null}\n");
    }

    @ParameterizedTest
    @CsvSource({
        "POSSIBLE, POSSIBLE, true, possible with b: ",
        "POSSIBLE, UNSAID, false, a planned change closes the clients' connections: b does not say",
        "POSSIBLE, OFF, false, a planned change closes the clients' connections: group.handover is off at b",
        "IMPOSSIBLE, POSSIBLE, false, a planned change closes the clients' connections: this host",
        "OFF, POSSIBLE, false, off: "
    })
    void theStatusSaysBeforehandWhetherAPlannedChangeKeepsTheConnections(
            HandoverAbility own, HandoverAbility other, boolean possible, String text) throws Exception {
        node.status = FakeNode.withPeer(
                new NodeStatus.PeerStatus(
                        "b", Role.STANDBY, 100, true, 40, false, FakeNode.SUMMARY.with(other), null, Departure.NONE),
                FakeNode.SUMMARY.with(own));

        assertThat(get("/status").body()).contains("\"handover\":{\"possible\":" + possible + ",\"text\":\"" + text);
        assertThat(ControlClient.ask(control, "show")).contains("hand-over\t\t" + text);
    }

    @ParameterizedTest
    @CsvSource({"true, held here", "false, not held here"})
    void everyFaceNamesTheVirtualAddress(boolean held, String words) throws Exception {
        node.status = FakeNode.status(Role.STANDBY, held, held, "fit");
        node.facts = new NodeFacts(List.of("10.0.0.100/24", "2001:db8::100/64"), "eth0", null);

        assertThat(ControlClient.ask(control, "show"))
                .contains(
                        "address\t10.0.0.100/24\ton eth0, " + words + '\n',
                        "address\t2001:db8::100/64\ton eth0, " + words + '\n');
        assertThat(get("/status").body())
                .contains("\"addresses\":[\"10.0.0.100/24\",\"2001:db8::100/64\"],\"interface\":\"eth0\"");
        assertThat(get("/").body()).contains("10.0.0.100/24, 2001:db8::100/64 on eth0, " + words + ". ");
    }

    @Test
    void aProxyAloneHasNeitherARoleOfAPairNorAnAddress() throws Exception {
        node.status = FakeNode.proxyAlone();

        assertThat(get("/status").body())
                .startsWith("{\"name\":\"proxy\",\"role\":null,\"epoch\":0,\"active_node\":null,")
                .contains("\"holds_address\":false,\"serves\":true,", "\"kind\":\"proxy\"");
        assertThat(get("/metrics").body())
                .contains("mempair_serving 1")
                .doesNotContain("mempair_role{", "mempair_fit", "mempair_maintenance", "mempair_holds_address");
        assertThat(get("/").body())
                .contains("<h2>The proxy</h2>", ">serving</td>")
                .doesNotContain("The pair</h2>", ">active</td>", "Epoch");
        assertThat(get("/health/active").body()).isEqualTo("serving\n");
        assertThat(get("/health/ready").body()).isEqualTo("serving: serves alone\n");
    }

    @Test
    void everyFaceShowsTheRebalance() throws Exception {
        node.status = FakeNode.rebalancing(RebalancePhase.COPY);

        assertThat(get("/status").body())
                .contains(
                        "\"rebalance\":{\"number\":3,\"phase\":\"copy\",\"over\":false,\"round\":2,\"movement\":\"[m1] -> [m1, m2]\",\"expected_keys\":1000,\"visited_keys\":480,\"copied\":612,\"deleted\":5,\"unfit\":4,\"evicted\":3,\"late\":2,\"doubtful\":1,\"seconds\":61,\"seconds_left\":65,\"reason\":\"the <reason>\"}");
        assertThat(ControlClient.ask(control, "show"))
                .contains("w\trebalance\tcopy, 48 %, about 65 s left\t[m1] -> [m1, m2]: the <reason>");
        assertThat(get("/").body())
                .contains("<p>Rebalance copy, 48 %, about 65 s left: [m1] -&gt; [m1, m2]: the &lt;reason&gt;</p>");
        assertThat(ControlClient.ask(control, "is rebalanced"))
                .startsWith("ok no rebalance 3  copy, 48 %, about 65 s left");
        node.status = FakeNode.rebalancing(RebalancePhase.DONE);
        assertThat(ControlClient.ask(control, "is rebalanced")).isEqualTo("ok yes");
        assertThat(ControlClient.ask(control, "show")).contains("p\trebalance\tdone\t");
    }

    @ParameterizedTest
    @CsvSource({"SERVING, serving, serving", "REFILLING, refilling, refilling", "OUT, out, OUT"})
    void everyFaceSaysWhatEachServerIsGoodFor(ReplicaStatus status, String word, String wordForPeople)
            throws Exception {
        node.status = FakeNode.standby(status, ReplicaStatus.SERVING);

        assertThat(get("/status").body())
                .contains("\"tier\":\"primary\",\"up\":true,\"replica_status\":\"" + word
                        + "\",\"missed_keys\":12,\"refill\":{\"seen\":3,"
                        + "\"copied\":2,\"total\":5},\"failure\":null}")
                .contains(
                        "\"tier\":\"backup\",\"up\":true,\"replica_status\":\"serving\",\"missed_keys\":0,\"refill\":null,\"failure\":null}");
        assertThat(ControlClient.ask(control, "show"))
                .contains("primary, up, " + wordForPeople + '\n')
                .contains("backup, up, serving");
        assertThat(get("/").body())
                .contains("class=\"" + (status == ReplicaStatus.OUT ? "bad" : "good") + "\">up, " + word + "</td>");
    }

    @Test
    void aServerThatIsDownIsShownWithTheReason() throws Exception {
        node.status = FakeNode.withServerDown("Connection refused: m1:11211");

        assertThat(get("/status").body()).contains("\"failure\":\"Connection refused: m1:11211\"");
        assertThat(ControlClient.ask(control, "show")).contains("primary, DOWN: Connection refused: m1:11211");
    }

    @Test
    void theReasonOfAReignCannotBeReadAsTheRole() throws Exception {
        node.status = FakeNode.status(Role.ACTIVE, true, true, "nobody was active");

        assertThat(get("/health/ready").body()).isEqualTo("active: took over because nobody was active\n");
        assertThat(ControlClient.ask(control, "show")).contains("reason\t\ttook over because nobody was active");
        assertThat(get("/").body()).contains("This node serves clients: took over because nobody was active");
    }

    @Test
    void everyFaceShowsAPeerThatWasStoppedAsStopped() throws Exception {
        node.status = FakeNode.withPeer(
                new NodeStatus.PeerStatus("b", Role.STANDBY, 100, false, 40_000, false, null, null, Departure.STOPPED));

        assertThat(get("/status").body()).contains("\"alive\":false,\"heard_ms\":40000,\"departure\":\"stopped\"");
        assertThat(ControlClient.ask(control, "show"))
                .contains("b\tstopped\t40 s ago")
                .doesNotContain("SILENT");
        assertThat(get("/").body()).contains(">stopped</td>").doesNotContain("silent");
        assertThat(get("/metrics").body())
                .contains("mempair_peer_alive{peer=\"b\"} 0")
                .contains("mempair_peer_stopped{peer=\"b\"} 1");
    }

    /** Else two nodes would be seen to hold the address. */
    @Test
    void whatAPeerSaidBeforeItWentIsNotShownAsPresent() throws Exception {
        MemberSummary before = new MemberSummary("0.0.9", 1, true, true, false, 5, 2, 2, 0, 438, 0, "");
        node.status = FakeNode.withPeer(new NodeStatus.PeerStatus(
                "b", Role.STANDBY, 100, false, 4_000, false, before, null, Departure.STOPPED));

        assertThat(get("/status").body())
                .contains("\"departure\":\"stopped\",\"places_otherwise\":false,\"summary\":null");
        assertThat(ControlClient.ask(control, "show")).doesNotContain("438").containsOnlyOnce("held\t");
    }

    @Test
    void everyFaceShowsTheWarnings() throws Exception {
        node.status = FakeNode.status(Role.STANDBY, false, false, "fit");

        assertThat(get("/status").body()).contains("\"warnings\":[\"address conflict: another \\\"host\\\"\"]");
        assertThat(ControlClient.ask(control, "show")).contains("warning", "address conflict: another \"host\"");
        assertThat(get("/").body()).contains("<p class=\"bad\">address conflict: another &quot;host&quot;</p>");
    }

    @Test
    void everyFaceShowsMaintenanceAndTheOperatorsChecks() throws Exception {
        node.status = FakeNode.status(Role.FAULT, false, false, "maintenance: taken out by the operator");

        assertThat(get("/status").body()).contains("\"maintenance\":true");
        assertThat(ControlClient.ask(control, "show"))
                .contains("IN MAINTENANCE until `mempair online`")
                .contains("\tin maintenance\tfor ")
                .doesNotContain("fault")
                .contains("disk\tBAD, exit code 1");
        assertThat(get("/health/ready").body()).startsWith("in maintenance: ");
        assertThat(get("/").body())
                .contains("in maintenance")
                .doesNotContain("fault, in maintenance")
                .contains("<td>disk</td>")
                .contains("class=\"bad\">exit code 1</td>");
    }

    @Test
    void theLastReloadIsShownOnEveryFace() throws Exception {
        node.status = FakeNode.status(
                Role.STANDBY, false, false, "fit", new NodeStatus.Reload(5, false, "a.yaml:1:1: <bad>"));

        assertThat(get("/status").body())
                .contains("\"reload\":{\"ago_ms\":5,\"applied\":false,\"outcome\":\"a.yaml:1:1: <bad>\"}");
        assertThat(get("/").body()).contains("Last reload 5 ms ago: REFUSED a.yaml:1:1: &lt;bad&gt;");
        assertThat(ControlClient.ask(control, "show")).contains("reload\t5 ms ago\tREFUSED a.yaml:1:1: <bad>");
    }

    @Test
    void thePageShowsThePairAndEscapesWhatItShows() throws Exception {
        node.status = FakeNode.status(Role.STANDBY, false, false, "<script>");

        assertThat(get("/").body())
                .contains("m1:11211")
                .contains("&lt;script&gt;")
                .doesNotContain("<script>");
    }

    /** What the scripts show of the verdict and of the past. */
    @Test
    void thePageHasTheVerdictAndTheHistoryForWhoRunsNoScript() throws Exception {
        node.status = FakeNode.status(Role.STANDBY, false, false, "fit");
        node.history = List.of(HistoryRecord.ofReload(5, "a", false, "a.yaml:1:1: <bad>"));
        String verdict = ControlClient.ask(control, "verdict").replaceFirst("ok \\d ", "");

        assertThat(get("/").body())
                .containsPattern(
                        "<noscript>\\s*<p class=\"(good|warn|bad)\"><strong>[a-z]+: " + verdict + "</strong></p>")
                .containsPattern("<h2>History</h2><table><tr><th>time</th>.*</tr>\\s*<tr>.*<td class=\"warn\">reload"
                        + " refused</td>.*<td class=\"warn\">a.yaml:1:1: &lt;bad&gt;</td>");
    }
}
