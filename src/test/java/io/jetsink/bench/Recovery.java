package io.jetsink.bench;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamReport;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The time from a fault to the first record that is stored after it, for each mode, under a steady load. */
final class Recovery implements Scenario {
    private static final String NAME = "recovery";
    private static final String FAULT = "fault";
    private static final String RECOVERY = "recovery, ms";
    private static final String STALL = "stall, ms";
    private static final List<String> ARMS = List.of("async", "sync", "fast", "exactly-once");
    private static final int RATE = 500;
    private static final int CLUSTER = 0;
    private static final int SINGLE = 1;

    private final BenchOptions options;
    private final PrintStream out;
    private final int rounds;
    private final int warmUp;
    private final Map<String, RecoveringStream> replicated = new LinkedHashMap<>();
    private final Map<String, RecoveringStream> single = new LinkedHashMap<>();

    Recovery(BenchOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.rounds = options.rounds(5);
        this.warmUp = options.warmUp(1);
    }

    @Override
    public boolean run() throws Exception {
        Results results = new Results(options, NAME, out);
        try (BenchRig rig = BenchRig.start(options, NatsCluster::startUnannounced, NatsServer::start)) {
            NatsCluster cluster = (NatsCluster) rig.site(CLUSTER);
            NatsServer server = (NatsServer) rig.site(SINGLE);
            FaultProxy proxy = rig.started(FaultProxy.to(server));
            rig.kafka().createTopic(NAME, 1);
            // Without the third server, which leads all streams.
            create(rig, CLUSTER, String.join(",", cluster.urls().subList(0, 2)), 3, replicated);
            create(rig, SINGLE, proxy.url(), 1, single);
            LoadProducer load = rig.started(LoadProducer.to(rig.kafka().bootstrap(), NAME)
                    .recordsPerSecond(RATE)
                    .build());
            load.start();
            Faults faults = new Faults(rig, load, cluster, server, proxy);
            for (int round = 1 - warmUp; round <= rounds; round++) {
                faults.killLeader(results, round);
                faults.killConnected(results, round);
                faults.restart(results, round);
                faults.cut(results, round);
            }
            verify(load.stop().get(0));
            plot(results);
            return results.write(
                    "One task for each mode publishes " + RATE
                            + " records per second. The stall is the time from the fault to"
                            + " the first record that is stored after it. The recovery of a killed leader begins with the first"
                            + " answer of the new leader, the recovery of a restarted server when the server is ready, and"
                            + " each other recovery with the fault. Servers receive SIGKILL. Streams have three replicas for the"
                            + " first two faults, and one replica for the others.",
                    table(results),
                    rig.environment(options),
                    "");
        }
    }

    private static void create(
            BenchRig rig, int site, String servers, int replicas, Map<String, RecoveringStream> streams)
            throws Exception {
        for (Arm arm : Arm.named(String.join(",", ARMS), 1)) {
            String name = NAME + "-r" + replicas + "-" + arm.name();
            rig.createStream(site, name, stream -> arm.stream().apply(stream).replicas(replicas));
            Map<String, String> config = rig.config(site, name, NAME);
            config.put("nats.servers", servers);
            config.putAll(arm.config());
            rig.rest().create(name, config);
            streams.put(arm.name(), new RecoveringStream(rig.connection(site), name));
        }
    }

    private void verify(long records) throws Exception {
        List<RecoveringStream> all = new ArrayList<>(replicated.values());
        all.addAll(single.values());
        for (RecoveringStream stream : all) {
            stream.awaitStored(records - 1);
            StreamReport report = stream.report(records);
            if (report.lost() > 0 || stream.name().endsWith("exactly-once") && report.duplicated() > 0) {
                throw new IllegalStateException("The stream " + stream.name() + " is not what was produced: " + report);
            }
        }
    }

    /** Each fault hits all modes at once, if it can. */
    private final class Faults {
        private final BenchRig rig;
        private final LoadProducer load;
        private final NatsCluster cluster;
        private final NatsServer server;
        private final FaultProxy proxy;

        Faults(BenchRig rig, LoadProducer load, NatsCluster cluster, NatsServer server, FaultProxy proxy) {
            this.rig = rig;
            this.load = load;
            this.cluster = cluster;
            this.server = server;
            this.proxy = proxy;
        }

        void killLeader(Results results, int round) throws Exception {
            NatsServer victim = cluster.server(2);
            settle(victim);
            Fault fault = new Fault("leader killed", round);
            victim.kill9();
            Map<String, Instant> led = NewLeaders.await(cluster, victim, replicated);
            fault.awaitStored(replicated.keySet(), replicated);
            victim.restart();
            cluster.awaitReady();
            fault.report(results, replicated, led);
        }

        void killConnected(Results results, int round) throws Exception {
            List<String> left = new ArrayList<>(ARMS);
            while (!left.isEmpty()) {
                settle(cluster.server(2));
                NatsServer victim = serverOf(left.get(0));
                List<String> hit = new ArrayList<>();
                for (String arm : left) {
                    if (serverOf(arm).equals(victim)) {
                        hit.add(arm);
                    }
                }
                Fault fault = new Fault("connected server killed", round);
                victim.kill9();
                fault.awaitStored(hit, replicated);
                victim.restart();
                cluster.awaitReady();
                fault.report(results, replicated, Map.of());
                left.removeAll(hit);
            }
        }

        void restart(Results results, int round) throws Exception {
            settled(single);
            Fault fault = new Fault("server restarted", round);
            server.kill9();
            server.restart();
            Instant ready = Instant.now();
            Map<String, Instant> from = new LinkedHashMap<>();
            ARMS.forEach(arm -> from.put(arm, ready));
            fault.awaitStored(ARMS, single);
            fault.report(results, single, from);
        }

        void cut(Results results, int round) throws Exception {
            settled(single);
            Fault fault = new Fault("connection reset", round);
            proxy.reset();
            fault.awaitStored(ARMS, single);
            fault.report(results, single, Map.of());
        }

        /** Waits until all replicas are up to date, all records are stored, and a server leads all streams. */
        private void settle(NatsServer leader) throws Exception {
            cluster.awaitReady();
            for (RecoveringStream stream : replicated.values()) {
                stream.awaitLeader(leader.name());
            }
            settled(replicated);
        }

        private void settled(Map<String, RecoveringStream> streams) throws Exception {
            for (RecoveringStream stream : streams.values()) {
                stream.awaitStored(load.acked());
            }
        }

        private NatsServer serverOf(String arm) throws IOException {
            String connection = "\"" + NAME + "-r3-" + arm + "-0\"";
            for (NatsServer each : cluster.servers().subList(0, 2)) {
                if (each.monitor("/connz").contains(connection)) {
                    return each;
                }
            }
            throw new IllegalStateException("The connection " + connection + " is on none of the servers");
        }

        private final class Fault {
            private final String name;
            private final int round;
            private final Instant at = Instant.now();
            private final CpuTime cpu = CpuTime.now(rig.workerPid());
            private final Map<String, Instant> recovered = new LinkedHashMap<>();
            private double others;

            Fault(String name, int round) {
                this.name = name;
                this.round = round;
            }

            /** Waits until records that were produced after the fault are stored. */
            void awaitStored(Collection<String> arms, Map<String, RecoveringStream> streams) {
                long target = load.acked();
                for (String arm : arms) {
                    stream(streams, arm).awaitStored(target);
                    recovered.put(arm, Instant.now());
                }
                others = CpuTime.now(rig.workerPid()).minus(cpu).otherCores();
            }

            /** @param from the beginning of the recovery, if it is not the fault */
            void report(Results results, Map<String, RecoveringStream> streams, Map<String, Instant> from)
                    throws Exception {
                for (Map.Entry<String, Instant> each : recovered.entrySet()) {
                    String arm = each.getKey();
                    Instant stored = stream(streams, arm).endOfStall(at, each.getValue());
                    Instant begin = from.getOrDefault(arm, at);
                    Map<String, String> where = new LinkedHashMap<>();
                    where.put(FAULT, name);
                    where.put(Matrix.ARM, arm);
                    Map<String, Double> values = new LinkedHashMap<>();
                    values.put(RECOVERY, Math.max(0, millis(begin, stored)));
                    values.put(STALL, millis(at, stored));
                    results.add(new Sample(where, round, values, others));
                }
            }
        }
    }

    private static RecoveringStream stream(Map<String, RecoveringStream> streams, String arm) {
        RecoveringStream stream = streams.get(arm);
        if (stream == null) {
            throw new IllegalArgumentException("no stream of " + arm);
        }
        return stream;
    }

    private static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }

    private static String table(Results results) {
        StringBuilder text =
                new StringBuilder("| fault | arm | recovery, ms, median | min - max | stall, ms, median | min - max |\n"
                        + "|---|---|---:|---:|---:|---:|\n");
        for (Map<String, String> at : results.all()) {
            Spread recovery = results.spread(at, RECOVERY);
            Spread stall = results.spread(at, STALL);
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | `%s` | %,.0f | %,.0f - %,.0f | %,.0f | %,.0f - %,.0f |%n",
                    at.get(FAULT),
                    at.get(Matrix.ARM),
                    recovery.median(),
                    recovery.min(),
                    recovery.max(),
                    stall.median(),
                    stall.min(),
                    stall.max()));
        }
        return text.toString();
    }

    private static void plot(Results results) throws IOException {
        Map<String, List<Double>> series = new LinkedHashMap<>();
        List<String> faults = results.all().stream()
                .map(at -> at.getOrDefault(FAULT, ""))
                .distinct()
                .toList();
        for (String arm : ARMS) {
            series.put(
                    arm,
                    faults.stream()
                            .map(fault -> results.spread(Map.of(FAULT, fault, Matrix.ARM, arm), STALL)
                                    .median())
                            .toList());
        }
        Plots.bars(results.plot(NAME), "Stall after a fault", "ms, median", faults, series);
    }
}
