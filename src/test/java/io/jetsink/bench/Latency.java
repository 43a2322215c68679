package io.jetsink.bench;

import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamEntry;
import io.jetsink.support.stream.StreamPosition;
import io.jetsink.support.stream.StreamTally;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The time from the scheduled production of a record until it is stored, at fixed rates. */
final class Latency implements Scenario {
    private static final String NAME = "latency";
    private static final String RATE = "records/s produced";
    private static final String BASE = "bare-pipelined";
    private static final List<Integer> RATES = List.of(100, 1_000, 10_000);
    private static final List<String> ARMS = List.of("async", "fast", BASE);
    private static final Map<String, Double> PERCENTILES = percentiles();
    /** The first part of each run does not count. */
    private static final Duration SETTLING = Duration.ofSeconds(2);

    private final BenchOptions options;
    private final PrintStream out;
    private final int rounds;
    private final int warmUp;
    private final Duration length;
    private final Map<String, OpenLoop> producers = new HashMap<>();
    private final Map<String, Long> produced = new HashMap<>();

    Latency(BenchOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.rounds = options.rounds(5);
        this.warmUp = options.warmUp(1);
        this.length = Duration.ofSeconds(options.number("bench.seconds", 8, 3, 3_600));
    }

    private static Map<String, Double> percentiles() {
        Map<String, Double> percentiles = new LinkedHashMap<>();
        percentiles.put("p50, ms", 50.0);
        percentiles.put("p99, ms", 99.0);
        percentiles.put("p99.9, ms", 99.9);
        return percentiles;
    }

    @Override
    public boolean run() throws Exception {
        Results results = new Results(options, NAME, out);
        try (BenchRig rig = BenchRig.start(options, NatsServer::start)) {
            List<Arm> arms = Arm.named(String.join(",", ARMS), 1);
            for (Arm arm : arms) {
                begin(rig, arm);
            }
            for (int round = 1 - warmUp; round <= rounds; round++) {
                List<Arm> order = new ArrayList<>(arms);
                if (round % 2 == 0) {
                    Collections.reverse(order);
                }
                for (int rate : RATES) {
                    for (Arm arm : order) {
                        results.add(measure(rig, arm, rate, round));
                    }
                }
            }
            plot(results);
            return results.write(
                    "A producer sends records by a fixed schedule, whatever becomes of the previous ones. The latency is the"
                            + " time from the scheduled time to the timestamp of the stored message, so that it includes the"
                            + " delay of a late producer (coordinated omission). Each run lasts " + length.toSeconds()
                            + " s, of which the first " + SETTLING.toSeconds()
                            + " s do not count. The ratios compare the"
                            + " runs of one round with `" + BASE + "`, a sink without features.",
                    table(results),
                    rig.environment(options),
                    "p50, ms");
        }
    }

    private static String name(Arm arm) {
        return NAME + "-" + arm.name();
    }

    private void begin(BenchRig rig, Arm arm) throws Exception {
        String name = name(arm);
        rig.kafka().createTopic(name, 1);
        rig.createStream(0, name, arm.stream());
        Map<String, String> config = rig.config(0, name, name);
        config.putAll(arm.config());
        rig.rest().create(name, config);
        producers.put(arm.name(), rig.started(new OpenLoop(rig.kafka().bootstrap(), name)));
        produced.put(arm.name(), 0L);
    }

    private Sample measure(BenchRig rig, Arm arm, int rate, int round) throws Exception {
        String name = name(arm);
        long before = produced.getOrDefault(arm.name(), 0L);
        CpuTime begin = CpuTime.now(rig.workerPid());
        OpenLoop producer = producers.get(arm.name());
        if (producer == null) {
            throw new IllegalStateException("no producer for " + name);
        }
        long all = producer.send(rate, length);
        rig.awaitStored(0, name, all - before);
        CpuTime used = CpuTime.now(rig.workerPid()).minus(begin);
        produced.put(arm.name(), all);
        double[] latencies = latencies(rig, name, before, all, SETTLING.toMillis() * rate / 1_000);
        Percentiles sorted = new Percentiles(latencies);
        Map<String, String> at = new LinkedHashMap<>();
        at.put(RATE, Integer.toString(rate));
        at.put(Matrix.ARM, arm.name());
        Map<String, Double> values = new LinkedHashMap<>();
        PERCENTILES.forEach((percentile, percent) -> values.put(percentile, sorted.at(percent)));
        values.put("maximum, ms", sorted.at(100));
        values.put("records", (double) latencies.length);
        return new Sample(at, round, values, used.otherCores());
    }

    /** Returns the latencies of the records of one run in milliseconds, and empties the stream. */
    private static double[] latencies(BenchRig rig, String name, long before, long all, long settling)
            throws Exception {
        Map<Long, Long> due = new HashMap<>();
        StreamTally tally = StreamChecker.read(rig.connection(0), name, message -> {
            long sequence =
                    Long.parseLong(new String(message.getData(), 0, 20, StandardCharsets.US_ASCII).split(":", -1)[1]);
            due.put(sequence - before, OpenLoop.due(message.getData()));
            return new StreamPosition(0, sequence - before);
        });
        tally.assertClean(List.of(all - before));
        rig.connection(0).jetStreamManagement().purgeStream(name);
        return tally.entries().stream()
                .filter(entry -> entry.sequence() >= settling)
                .mapToDouble(entry -> millis(entry, due.getOrDefault(entry.sequence(), 0L)))
                .toArray();
    }

    private static double millis(StreamEntry entry, long due) {
        Instant stored = entry.storedAt();
        return (stored.getEpochSecond() * 1_000_000_000L + stored.getNano() - due) / 1e6;
    }

    private static Spread ratio(Results results, Map<String, String> at, String value) {
        Map<String, String> base = new LinkedHashMap<>(at);
        base.put(Matrix.ARM, BASE);
        List<Sample> bases = results.of(base::equals);
        return Spread.of(results.of(at::equals).stream()
                .mapToDouble(sample ->
                        sample.value(value) / bases.get(sample.round() - 1).value(value)));
    }

    private static String table(Results results) {
        StringBuilder text =
                new StringBuilder("| " + RATE + " | arm | p50, ms, median | min - max | p99, ms, median | min - max |"
                        + " p99.9, ms, median | p50, times the bare sink's, median | min - max | p99, times the bare sink's, median |"
                        + " min - max |\n|---:|---|" + "---:|".repeat(9) + "\n");
        for (Map<String, String> at : results.all()) {
            text.append("| ")
                    .append(at.get(RATE))
                    .append(" | `")
                    .append(at.get(Matrix.ARM))
                    .append("` |");
            append(text, "%.1f", results.spread(at, "p50, ms"));
            append(text, "%.1f", results.spread(at, "p99, ms"));
            text.append(String.format(
                    Locale.ROOT, " %.1f |", results.spread(at, "p99.9, ms").median()));
            append(text, "%.2f", ratio(results, at, "p50, ms"));
            append(text, "%.2f", ratio(results, at, "p99, ms"));
            text.append('\n');
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String format, Spread spread) {
        String cells = " " + format + " | " + format + " - " + format + " |";
        text.append(String.format(Locale.ROOT, cells, spread.median(), spread.min(), spread.max()));
    }

    private static void plot(Results results) throws IOException {
        for (String percentile : List.of("p50, ms", "p99, ms")) {
            Map<String, List<Double>> series = new LinkedHashMap<>();
            for (String arm : ARMS) {
                List<Double> values = new ArrayList<>();
                for (int rate : RATES) {
                    values.add(results.spread(Map.of(RATE, Integer.toString(rate), Matrix.ARM, arm), percentile)
                            .median());
                }
                series.put(arm, values);
            }
            Plots.bars(
                    results.plot(NAME + "-" + percentile.substring(0, 3)),
                    "Latency, " + percentile.substring(0, 3),
                    "ms, median",
                    RATES.stream().map(rate -> rate + "/s").toList(),
                    series);
        }
    }
}
