package io.mempair.ha.group;

import io.mempair.ha.config.GroupConfig;
import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The protocol stack of this node: the template, filled in with the configured addresses and the profile's times. */
final class StackConfig {

    private StackConfig() {}

    static byte[] xml(GroupConfig config) {
        List<String> hosts = new ArrayList<>();
        hosts.add(config.bind() + '[' + config.port() + ']');
        for (ServerAddress peer : config.others()) {
            hosts.add(peer.host() + '[' + peer.port() + ']');
        }
        return template()
                .replace("@BIND@", escaped(config.bind()))
                .replace("@PORT@", Integer.toString(config.port()))
                .replace("@HOSTS@", escaped(String.join(",", hosts)))
                .replace(
                        "@HEARTBEAT@",
                        Long.toString(config.profile().heartbeat().toMillis()))
                .replace("@LEASE@", Long.toString(config.profile().lease().toMillis()))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }

    private static String template() {
        try (InputStream in = StackConfig.class.getResourceAsStream("stack.xml")) {
            if (in == null) {
                throw new AssertionError("resource not found: stack.xml");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
