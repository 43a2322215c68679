package io.jetsink.bench;

import io.jetsink.support.LoadProducer;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.process.JmxClient;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;

/** A steady trickle over a long way: each mode has to keep up, and to store each record soon. */
final class Trickle implements Scenario {
    private static final String NAME = "trickle";
    private static final String RATE = "records/s produced";
    private static final String AGE = "oldest unacked, ms";
    private static final String BEHIND = "records behind";
    private static final List<Integer> RATES = List.of(100, 1_000);
    private static final List<String> ARMS = List.of("async", "fast", "exactly-once");
    private static final Duration ROUND_TRIP = Duration.ofMillis(200);
    private static final Duration POLL = Duration.ofMillis(50);

    private final BenchOptions options;
    private final PrintStream out;
    private final int rounds;
    private final Duration length;

    Trickle(BenchOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.rounds = options.rounds(1);
        this.length = Duration.ofSeconds(options.number("bench.seconds", 60, 1, 3_600));
    }

    private static Duration highestAge() {
        return ROUND_TRIP.multipliedBy(3).plusSeconds(1);
    }

    @Override
    public boolean run() throws Exception {
        Results results = new Results(options, NAME, out);
        try (BenchRig rig = BenchRig.startWithDefaultCommits(options, NatsServer::start)) {
            int port = ((NatsServer) rig.site(0)).port();
            String url = rig.started(DelayProxy.start(port, ROUND_TRIP)).url();
            for (int round = 1; round <= rounds; round++) {
                for (int rate : RATES) {
                    measure(rig, results, url, rate, round);
                }
            }
            return results.write(
                    "One task for each mode publishes a steady trickle for " + length.toSeconds()
                            + " s over a connection with a round trip of " + ROUND_TRIP.toMillis()
                            + " ms. Offsets are committed every 60 s, the default of Connect. The age is the highest value of `nats-oldest-unacked-age-ms`; the limit is three round"
                            + " trips and 1 s, " + highestAge().toMillis()
                            + " ms. The records behind are those that were produced and not stored when production ended.",
                    table(results),
                    rig.environment(options),
                    "");
        }
    }

    private void measure(BenchRig rig, Results results, String url, int rate, int round) throws Exception {
        String topic = NAME + "-" + rate + "-" + round;
        rig.kafka().createTopic(topic, 1);
        List<Arm> arms = Arm.named(String.join(",", ARMS), 1);
        for (Arm arm : arms) {
            rig.createStream(0, topic + "-" + arm.name(), arm.stream());
            Map<String, String> config = rig.config(0, topic + "-" + arm.name(), topic);
            config.put("nats.servers", url);
            config.putAll(arm.config());
            rig.rest().create(topic + "-" + arm.name(), config);
        }
        try (JmxClient jmx = JmxClient.attach(rig.workerPid());
                LoadProducer load = LoadProducer.to(rig.kafka().bootstrap(), topic)
                        .recordsPerSecond(rate)
                        .build()) {
            load.produce(1);
            for (Arm arm : arms) {
                rig.awaitStored(0, topic + "-" + arm.name(), 1 + arm.messagesBeside());
            }
            CpuTime begin = CpuTime.now(rig.workerPid());
            load.start();
            Map<String, Double> ages = oldest(jmx, topic);
            long produced = load.acked();
            Map<Arm, Long> stored = new LinkedHashMap<>();
            for (Arm arm : arms) {
                stored.put(arm, rig.site(0).stored(topic + "-" + arm.name()) - arm.messagesBeside());
            }
            CpuTime used = CpuTime.now(rig.workerPid()).minus(begin);
            long all = load.stop().get(0);
            for (Arm arm : arms) {
                String name = topic + "-" + arm.name();
                rig.awaitStored(0, name, all + arm.messagesBeside());
                rig.rest().stop(name);
                rig.rest().delete(name);
                BenchRig.read(rig.connection(0), name).assertClean(List.of(all));
                Map<String, Double> values = new LinkedHashMap<>();
                values.put(AGE, ages.getOrDefault(name, Double.NaN));
                values.put(BEHIND, (double) Math.max(0, produced - stored.get(arm)));
                results.add(new Sample(
                        Map.of(Matrix.ARM, arm.name(), RATE, Integer.toString(rate)),
                        round,
                        values,
                        used.otherCores()));
            }
        }
    }

    /** Returns the highest age of each connector. */
    private Map<String, Double> oldest(JmxClient jmx, String prefix) {
        Map<String, Double> ages = new LinkedHashMap<>();
        long begin = System.nanoTime();
        Awaitility.await("the end of the trickle")
                .atMost(length.multipliedBy(2))
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .until(() -> {
                    for (String arm : ARMS) {
                        String name = prefix + "-" + arm;
                        jmx.values("kafka.connect:type=plugins,connector=" + name + ",task=0")
                                .forEach((metric, value) -> {
                                    if (metric.endsWith(" nats-oldest-unacked-age-ms")) {
                                        ages.merge(name, ((Number) value).doubleValue(), Math::max);
                                    }
                                });
                    }
                    return System.nanoTime() - begin > length.toNanos();
                });
        return ages;
    }

    private static String table(Results results) {
        StringBuilder text = new StringBuilder("| arm | " + RATE + " | " + AGE + " | within the limit | " + BEHIND
                + " | min - max |\n|---|---:|---:|---|---:|---:|\n");
        for (Map<String, String> at : results.all()) {
            Spread age = results.spread(at, AGE);
            Spread behind = results.spread(at, BEHIND);
            text.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %s | %,.0f | %s | %,.0f | %,.0f - %,.0f |%n",
                    at.get(Matrix.ARM),
                    at.get(RATE),
                    age.max(),
                    age.max() <= highestAge().toMillis() ? "yes" : "no",
                    behind.median(),
                    behind.min(),
                    behind.max()));
        }
        return text.toString();
    }
}
