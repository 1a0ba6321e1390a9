package io.mempair.deploy.handover;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads counters when all is over, and says which are not what they may be. */
final class CounterReader {

    private static final int BATCH = 100;
    private static final int LIMIT_MILLIS = 10_000;

    private CounterReader() {}

    /** What is wrong. */
    static List<String> wrong(InetSocketAddress at, List<LoadCounter> counters) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (int from = 0; from < counters.size(); from += BATCH) {
            List<LoadCounter> some = counters.subList(from, Math.min(counters.size(), from + BATCH));
            Map<String, Long> values =
                    read(at, some.stream().map(LoadCounter::key).toList());
            for (LoadCounter counter : some) {
                // one that was never stored cannot have counted
                String what = counter.wrong(values.getOrDefault(counter.key(), 0L));
                if (!what.isEmpty()) {
                    wrong.add(what);
                }
            }
        }
        return wrong;
    }

    private static Map<String, Long> read(InetSocketAddress at, List<String> keys) throws IOException {
        Map<String, Long> values = new HashMap<>();
        try (Socket socket = new Socket()) {
            socket.connect(at, LIMIT_MILLIS);
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.getOutputStream()
                    .write(("get " + String.join(" ", keys) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); !"END".equals(line); line = lines.readLine()) {
                String[] words = String.valueOf(line).split(" ", -1);
                if (!words[0].equals("VALUE")) {
                    throw new IOException("counters cannot be read: " + line);
                }
                values.put(words[1], Long.parseLong(lines.readLine().strip()));
            }
        }
        return values;
    }
}
