package io.mempair.ha.cli;

import io.mempair.ha.admin.JsonWriter;
import io.mempair.ha.bench.BenchInterval;
import io.mempair.ha.bench.BenchReport;
import io.mempair.ha.bench.Faults;
import io.mempair.ha.bench.Latencies;
import java.util.Locale;

/** A run as {@code mempair bench} tells it: text for people, or a line of JSON each. Times in microseconds. */
final class BenchOutput {

    private BenchOutput() {}

    static String text(BenchReport report) {
        Latencies latencies = report.latencies();
        var out = new StringBuilder();
        out.append(String.format(
                Locale.ROOT,
                "%.0f requests/s (%d in %.1f s)%n",
                report.requestsPerSecond(),
                latencies.requests(),
                report.tookNanos() / 1e9));
        out.append(String.format(
                Locale.ROOT,
                "latency us: p50 %d, p90 %d, p99 %d, p99.9 %d, max %d%n",
                micros(latencies.p50Nanos()),
                micros(latencies.p90Nanos()),
                micros(latencies.p99Nanos()),
                micros(latencies.p999Nanos()),
                micros(latencies.maxNanos())));
        if (report.processNanosPerRequest() >= 0) {
            out.append(String.format(
                    Locale.ROOT,
                    "CPU of the process: %.2f us for each request%n",
                    report.processNanosPerRequest() / 1e3));
        }
        out.append(faults(report.faults()));
        if (!report.firstProblem().isEmpty()) {
            out.append(System.lineSeparator()).append("first problem: ").append(report.firstProblem());
        }
        return out.toString();
    }

    static String text(BenchInterval interval) {
        Latencies latencies = interval.latencies();
        String line = String.format(
                Locale.ROOT,
                "%7.2f s: %7.0f requests/s, p50 %d us, p99 %d us, max %d us",
                interval.endNanos() / 1e9,
                interval.requestsPerSecond(),
                micros(latencies.p50Nanos()),
                micros(latencies.p99Nanos()),
                micros(latencies.maxNanos()));
        Faults faults = interval.faults();
        return faults.none() && faults.lostConnections() == 0 ? line : line + "; " + faults(faults);
    }

    private static String faults(Faults faults) {
        return "wrong " + faults.wrong() + ", misses " + faults.misses() + ", errors " + faults.errors()
                + ", unanswered " + faults.unanswered() + ", lost connections " + faults.lostConnections() + " with "
                + faults.lostRequests() + " requests";
    }

    static String json(BenchReport report) {
        JsonWriter out = new JsonWriter().beginObject();
        out.field("good", report.isGood());
        out.field("took_ms", Math.round(report.tookNanos() / 1e6));
        out.field("requests", report.latencies().requests());
        out.field("requests_per_second", Math.round(report.requestsPerSecond()));
        latencies(out, report.latencies());
        out.field("mean_us", Math.round(report.latencies().meanNanos() / 1e3));
        out.field("found", report.found());
        faults(out, report.faults());
        if (report.processNanosPerRequest() >= 0) {
            out.field("process_cpu_ns_per_request", Math.round(report.processNanosPerRequest()));
        }
        out.field("first_problem", report.firstProblem());
        out.field("ended", report.ended());
        return out.endObject().toString();
    }

    static String json(BenchInterval interval) {
        JsonWriter out = new JsonWriter().beginObject();
        out.field("interval_end_ms", Math.round(interval.endNanos() / 1e6));
        out.field("requests", interval.latencies().requests());
        out.field("requests_per_second", Math.round(interval.requestsPerSecond()));
        latencies(out, interval.latencies());
        faults(out, interval.faults());
        return out.endObject().toString();
    }

    private static void latencies(JsonWriter out, Latencies latencies) {
        out.field("p50_us", micros(latencies.p50Nanos()));
        out.field("p90_us", micros(latencies.p90Nanos()));
        out.field("p99_us", micros(latencies.p99Nanos()));
        out.field("p999_us", micros(latencies.p999Nanos()));
        out.field("max_us", micros(latencies.maxNanos()));
    }

    private static void faults(JsonWriter out, Faults faults) {
        out.field("wrong", faults.wrong());
        out.field("misses", faults.misses());
        out.field("errors", faults.errors());
        out.field("unanswered", faults.unanswered());
        out.field("lost_connections", faults.lostConnections());
        out.field("lost_requests", faults.lostRequests());
    }

    private static long micros(long nanos) {
        return Math.round(nanos / 1e3);
    }
}
