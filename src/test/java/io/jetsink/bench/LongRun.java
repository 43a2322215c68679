package io.jetsink.bench;

import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.process.JmxClient;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.MessageInfo;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Ten million records by one task: the last million has to be as fast as the first, and the heap must not grow. */
final class LongRun implements Scenario {
    private static final String NAME = "long";
    private static final String PART = "part";
    private static final String HEAP = "heap, MiB";
    private static final int PARTS = 10;
    private static final int VALUE_BYTES = 100;

    private final BenchOptions options;
    private final PrintStream out;
    private final int rounds;
    private final int records;

    LongRun(BenchOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.rounds = options.rounds(1);
        this.records = options.records(10_000_000);
    }

    @Override
    public boolean run() throws Exception {
        Results results = new Results(options, NAME, out);
        try (BenchRig rig = BenchRig.start(options, NatsServer::start);
                JmxClient jmx = JmxClient.attach(rig.workerPid())) {
            rig.fill(NAME, 1, records, VALUE_BYTES);
            for (int round = 1; round <= rounds; round++) {
                for (Arm arm : Arm.named("async,fast", 1)) {
                    measure(rig, jmx, results, arm, round);
                }
            }
            plot(results);
            return results.write(
                    String.format(
                            Locale.ROOT,
                            "One task publishes %,d records with values of %d bytes, in %d parts of the same size. The worker"
                                    + " is new, so that the first part includes the work of its compiler. The heap is that of the"
                                    + " worker after a collection at the end of the part.",
                            records,
                            VALUE_BYTES,
                            PARTS),
                    table(results),
                    rig.environment(options),
                    "");
        }
    }

    private void measure(BenchRig rig, JmxClient jmx, Results results, Arm arm, int round) throws Exception {
        String name = NAME + "-" + arm.name() + "-" + round;
        rig.createStream(0, name, arm.stream());
        Map<String, String> config = rig.config(0, name, NAME);
        config.putAll(arm.config());
        rig.rest().create(name, config);
        JetStreamManagement streams = rig.connection(0).jetStreamManagement();
        CpuTime begin = CpuTime.now(rig.workerPid());
        long each = records / PARTS;
        for (int part = 1; part <= PARTS; part++) {
            long last = part * each;
            rig.awaitStored(0, name, last);
            double heap = WorkerJvm.heapAfterCollection(rig.workerPid(), jmx);
            CpuTime end = CpuTime.now(rig.workerPid());
            Duration time = Duration.between(stored(streams, name, last - each + 1), stored(streams, name, last));
            Map<String, String> at = new LinkedHashMap<>();
            at.put(Matrix.ARM, arm.name());
            at.put(PART, Integer.toString(part));
            Map<String, Double> values = new LinkedHashMap<>();
            values.put(Sample.RATE, (each - 1) / (time.toNanos() / 1e9));
            values.put(HEAP, heap);
            results.add(new Sample(at, round, values, end.minus(begin).otherCores()));
            begin = end;
        }
        rig.rest().stop(name);
        rig.rest().delete(name);
        long stored = rig.site(0).stored(name);
        if (stored != records) {
            throw new IllegalStateException("The stream " + name + " holds " + stored + " of " + records + " records");
        }
        streams.deleteStream(name);
    }

    /** Returns when a message was stored, which must be the record of its number. */
    private static ZonedDateTime stored(JetStreamManagement streams, String name, long sequence) throws Exception {
        MessageInfo message = streams.getMessage(name, sequence);
        String value = new String(message.getData(), StandardCharsets.US_ASCII);
        if (!value.startsWith("0:" + (sequence - 1) + ":")) {
            throw new IllegalStateException("Message " + sequence + " of " + name + " is not the record of its number");
        }
        return message.getTime();
    }

    private static String table(Results results) {
        StringBuilder text = new StringBuilder(
                "| arm | part | records/s, median | min - max | times the first part's | heap, MiB, median |\n"
                        + "|---|---:|---:|---:|---:|---:|\n");
        for (Map<String, String> at : results.all()) {
            Map<String, String> first = new LinkedHashMap<>(at);
            first.put(PART, "1");
            Spread rate = results.spread(at, Sample.RATE);
            text.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %s | %,.0f | %,.0f - %,.0f | %.2f | %,.0f |%n",
                    at.get(Matrix.ARM),
                    at.get(PART),
                    rate.median(),
                    rate.min(),
                    rate.max(),
                    rate.median() / results.spread(first, Sample.RATE).median(),
                    results.spread(at, HEAP).median()));
        }
        return text.toString();
    }

    private static void plot(Results results) throws IOException {
        for (String value : List.of(Sample.RATE, HEAP)) {
            Map<String, NavigableMap<Double, Double>> series = new LinkedHashMap<>();
            for (Map<String, String> at : results.all()) {
                series.computeIfAbsent(at.getOrDefault(Matrix.ARM, ""), any -> new TreeMap<>())
                        .put(
                                Double.valueOf(at.getOrDefault(PART, "")),
                                results.spread(at, value).median());
            }
            String name = value.equals(HEAP) ? "heap" : "rate";
            Plots.lines(results.plot(NAME + "-" + name), "Long run: " + name, PART, value, series);
        }
    }
}
