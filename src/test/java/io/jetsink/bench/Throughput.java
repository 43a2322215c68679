package io.jetsink.bench;

import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.nats.NatsTarget;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The speed of each arm with a full topic of one partition. */
final class Throughput implements Scenario {
    private static final String TOPIC = "bench";

    private final BenchOptions options;
    private final BenchSettings settings;
    private final PrintStream out;

    Throughput(BenchOptions options, PrintStream out) {
        this.options = options;
        this.settings = BenchSettings.of(options);
        this.out = out;
    }

    @Override
    public boolean run() throws Exception {
        out.println(settings.rounds() + " rounds of "
                + settings.arms().stream().map(Arm::name).toList());
        try (BenchRig rig = BenchRig.start(options, settings.before(), List.of(this::servers))) {
            rig.fill(TOPIC, 1, settings.records(), settings.valueBytes());
            BenchReport report = new BenchReport(settings, rig.environment(options));
            for (int round = 1 - settings.warmUp(); round <= settings.rounds(); round++) {
                for (Arm arm : order(round)) {
                    Measurement measured = rig.measure(run(arm), round);
                    report.add(measured);
                    print(measured);
                }
            }
            return report.write(options, out);
        }
    }

    private NatsTarget servers() {
        String limits = NatsServer.batchesOf(settings.batchMessages());
        return settings.replicas() == 1
                ? NatsServer.builder().config(limits).start()
                : NatsCluster.start(NatsBinary.DEFAULT, limits);
    }

    private Run run(Arm arm) {
        return new Run(arm, TOPIC, arm.records(settings.records()))
                .replicas(settings.replicas())
                .with(settings.config());
    }

    /** Every other round runs backward, so that no arm always has the same one before it. */
    private List<Arm> order(int round) {
        List<Arm> arms = new ArrayList<>(settings.arms());
        if (round % 2 == 0) {
            Collections.reverse(arms);
        }
        return arms;
    }

    private void print(Measurement one) {
        out.printf(
                Locale.ROOT,
                "%-8s %-16s %,9d records in %6.2f s: %,9.0f/s, CPU us/record: worker %.1f, all %.1f; others %.1f cores%n",
                one.round() < 1 ? "warm-up" : "round " + one.round(),
                one.arm(),
                one.records(),
                one.seconds(),
                one.perSecond(),
                one.workerMicros(),
                one.allMicros(),
                one.otherCores());
    }
}
