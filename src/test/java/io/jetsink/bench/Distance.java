package io.jetsink.bench;

import io.jetsink.support.nats.NatsServer;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The speed over a distance, with a full topic of one partition and default settings. */
final class Distance implements Scenario {
    private static final String NAME = "distance";
    private static final String TOPIC = "distance";
    private static final String DISTANCE = "round trip";
    private static final String POLLS = "polls of";
    private static final String DIRECT = "0 ms, direct";
    private static final List<Integer> POLL_SIZES = List.of(500, 10);
    private static final List<String> ARMS = List.of("async", "fast", "exactly-once");
    private static final int VALUE_BYTES = 256;
    /** The window grows during the first round trips, which do not count. */
    private static final int RAMP = 25;

    private static final Duration COUNTED = Duration.ofSeconds(4);

    private final BenchOptions options;
    private final PrintStream out;
    private final int rounds;
    private final int warmUp;
    private final int records;
    private final List<Integer> roundTrips;

    Distance(BenchOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.rounds = options.rounds(3);
        this.warmUp = options.warmUp(1);
        this.records = options.records(1_200_000);
        this.roundTrips = options.numbers("bench.roundtrips", "0,10,50,100,200,400", 0, 10_000);
    }

    @Override
    public boolean run() throws Exception {
        Results results = new Results(options, NAME, out);
        try (BenchRig rig = BenchRig.startWithDefaultCommits(options, NatsServer::start)) {
            rig.fill(TOPIC, 1, records, VALUE_BYTES);
            Matrix matrix = new Matrix(rig, results);
            addAll(matrix, DIRECT, Duration.ZERO, rig.site(0).addresses());
            int port = ((NatsServer) rig.site(0)).port();
            for (int roundTrip : roundTrips) {
                Duration time = Duration.ofMillis(roundTrip);
                addAll(
                        matrix,
                        roundTrip + " ms",
                        time,
                        rig.started(DelayProxy.start(port, time)).url());
            }
            matrix.warmUp(warmUp);
            matrix.measure(0, rounds);
            plot(results);
            return results.write(
                    "One task publishes a full topic with one partition over a connection that delays all bytes. Offsets are"
                            + " committed every 60 s, the default of Connect. The speed is"
                            + " that of " + COUNTED.toSeconds() + " s after the first " + RAMP
                            + " round trips, or of the second half of a shorter run. The limit is 65,536 messages per round trip, or for `exactly-once` 999 records"
                            + " per round trip, or 0.8 times the speed without a distance. The lowest acceptable speed is"
                            + " 0.8 times that limit.",
                    table(results),
                    rig.environment(options),
                    Sample.RATE);
        }
    }

    private void addAll(Matrix matrix, String name, Duration roundTrip, String url) {
        for (int polls : POLL_SIZES) {
            for (Arm arm : Arm.named(String.join(",", ARMS), 1)) {
                Run run = new Run(arm, TOPIC, records)
                        .with("nats.servers", url)
                        .with("consumer.override.max.poll.records", Integer.toString(polls))
                        .time(roundTrip.multipliedBy(RAMP), COUNTED);
                matrix.add(run, POLLS, Integer.toString(polls), DISTANCE, name);
            }
        }
    }

    private static Duration roundTrip(Map<String, String> at) {
        String text = at.getOrDefault(DISTANCE, "");
        return Duration.ofMillis(Long.parseLong(text.substring(0, text.indexOf(' '))));
    }

    private static double lowest(Results results, Map<String, String> at) {
        Map<String, String> direct = new LinkedHashMap<>(at);
        direct.put(DISTANCE, DIRECT);
        int inFlight = at.getOrDefault(Matrix.ARM, "").equals("exactly-once")
                ? SpeedTarget.BATCH_RECORDS
                : SpeedTarget.LARGEST_WINDOW;
        return SpeedTarget.lowest(
                inFlight, roundTrip(at), results.spread(direct, Sample.RATE).median());
    }

    private static String table(Results results) {
        StringBuilder text = new StringBuilder(
                "| arm | polls of | round trip | records/s, median | min - max | lowest acceptable | reached |\n"
                        + "|---|---:|---:|---:|---:|---:|---|\n");
        for (Map<String, String> at : results.all()) {
            Spread rate = results.spread(at, Sample.RATE);
            double lowest = lowest(results, at);
            text.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %s | %s | %,.0f | %,.0f - %,.0f | %,.0f | %s |%n",
                    at.get(Matrix.ARM),
                    at.get(POLLS),
                    at.get(DISTANCE),
                    rate.median(),
                    rate.min(),
                    rate.max(),
                    lowest,
                    rate.median() >= lowest ? "yes" : "no"));
        }
        return text.toString();
    }

    private static void plot(Results results) throws IOException {
        Map<String, NavigableMap<Double, Double>> series = new LinkedHashMap<>();
        for (Map<String, String> at : results.all()) {
            if (!at.getOrDefault(DISTANCE, "").equals(DIRECT)) {
                series.computeIfAbsent(at.get(Matrix.ARM) + ", polls of " + at.get(POLLS), any -> new TreeMap<>())
                        .put(
                                (double) roundTrip(at).toMillis(),
                                results.spread(at, Sample.RATE).median());
            }
        }
        Plots.lines(results.plot(NAME), "Speed over a distance", "round trip, ms", "records/s", series);
    }
}
