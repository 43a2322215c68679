package io.jetsink.bench;

import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.nats.NatsTarget;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The speed with a full topic, of several arms in several settings. */
final class Variants implements Scenario {
    private static final int VALUE_BYTES = 256;
    private static final String SYNC_ALWAYS = "jetstream { store_dir: './store', sync_interval: always }\n";

    private final BenchOptions options;
    private final PrintStream out;
    private final String name;
    private final String description;
    private final List<Supplier<NatsTarget>> servers;
    private final Setup setup;
    private final int rounds;
    private final int warmUp;
    private final int records;

    private Variants(
            BenchOptions options,
            PrintStream out,
            String name,
            String description,
            int records,
            List<Supplier<NatsTarget>> servers,
            Setup setup) {
        this.options = options;
        this.out = out;
        this.name = name;
        this.description = description;
        this.servers = servers;
        this.setup = setup;
        this.rounds = options.rounds(3);
        this.warmUp = options.warmUp(2);
        this.records = options.records(records);
    }

    private interface Setup {
        void add(BenchRig rig, Matrix matrix, int records) throws Exception;
    }

    @Override
    public boolean run() throws Exception {
        Results results = new Results(options, name, out);
        try (BenchRig rig = BenchRig.start(options, null, servers)) {
            Matrix matrix = new Matrix(rig, results);
            setup.add(rig, matrix, records);
            matrix.warmUp(warmUp);
            matrix.measure(0, rounds);
            plot(results);
            return results.write(description, Matrix.table(results), rig.environment(options), Sample.RATE);
        }
    }

    private void plot(Results results) throws IOException {
        Map<String, Map<String, Double>> byArm = new LinkedHashMap<>();
        List<String> categories = new ArrayList<>();
        for (Map<String, String> at : results.all()) {
            List<String> values = new ArrayList<>(at.values());
            String arm = values.remove(0);
            String category = String.join(", ", values);
            if (!categories.contains(category)) {
                categories.add(category);
            }
            byArm.computeIfAbsent(arm, any -> new LinkedHashMap<>())
                    .put(category, results.spread(at, Sample.RATE).median());
        }
        Map<String, List<Double>> series = new LinkedHashMap<>();
        byArm.forEach((arm, values) -> series.put(
                arm,
                categories.stream()
                        .map(category -> values.getOrDefault(category, Double.NaN))
                        .toList()));
        Plots.bars(results.plot(name), "Records per second, median", "records/s", categories, series);
    }

    static Scenario sizes(BenchOptions options, PrintStream out) {
        return new Variants(
                options,
                out,
                "sizes",
                "One task publishes values of different sizes from a topic with one partition.",
                300_000,
                List.of(NatsServer::start),
                (rig, matrix, records) -> {
                    for (int bytes : List.of(100, 256, 1_024, 10_240, 102_400)) {
                        String topic = "sizes-" + bytes;
                        int count = (int) Math.min(records, Math.max(1_000, 200_000_000L / bytes));
                        rig.fill(topic, 1, count, bytes);
                        for (Arm arm : Arm.named("async,fast,exactly-once,bare-pipelined", 1)) {
                            matrix.add(new Run(arm, topic, count), "value, bytes", Integer.toString(bytes));
                        }
                    }
                });
    }

    static Scenario partitions(BenchOptions options, PrintStream out) {
        return new Variants(
                options,
                out,
                "partitions",
                "One or more tasks publish records from a topic with one or more partitions into one stream.",
                600_000,
                List.of(NatsServer::start),
                (rig, matrix, records) -> {
                    for (int partitions : List.of(1, 4, 16)) {
                        String topic = "partitions-" + partitions;
                        rig.fill(topic, partitions, records / partitions, VALUE_BYTES);
                        for (int tasks : partitions == 1 ? List.of(1) : List.of(1, 2, 4)) {
                            for (Arm arm : Arm.named("async,fast,exactly-once", 1)) {
                                matrix.add(
                                        new Run(arm, topic, records / partitions).partitions(partitions, tasks),
                                        "partitions",
                                        Integer.toString(partitions),
                                        "tasks",
                                        Integer.toString(tasks));
                            }
                        }
                    }
                });
    }

    static Scenario replicas(BenchOptions options, PrintStream out) {
        return new Variants(
                options,
                out,
                "replicas",
                "One task publishes into a stream with one replica, or with three replicas on three servers, which share the"
                        + " cores of the machine. With `sync_interval: always` the servers sync each write to the disk.",
                200_000,
                List.of(
                        NatsServer::start,
                        NatsCluster::start,
                        () -> NatsCluster.start(NatsBinary.DEFAULT, SYNC_ALWAYS)),
                (rig, matrix, records) -> {
                    rig.fill("replicas", 1, records, VALUE_BYTES);
                    for (int site = 0; site < 3; site++) {
                        for (Arm arm : Arm.named("async,fast,exactly-once", 1)) {
                            matrix.add(
                                    new Run(arm, "replicas", records).site(site).replicas(site == 0 ? 1 : 3),
                                    "replicas",
                                    List.of("1", "3", "3, `sync_interval: always`")
                                            .get(site));
                        }
                    }
                });
    }

    static Scenario subjects(BenchOptions options, PrintStream out) {
        return new Variants(
                options,
                out,
                "subjects",
                "One task publishes records to subjects that contain the key of the record.",
                1_000_000,
                List.of(NatsServer::start),
                (rig, matrix, records) -> {
                    for (int keys : List.of(1, 1_000, 1_000_000)) {
                        String topic = "subjects-" + keys;
                        rig.fill(topic, 1, records, VALUE_BYTES, load -> load.keyed(keys));
                        for (Arm arm : Arm.named("async,fast", 1)) {
                            matrix.add(
                                    new Run(arm, topic, records).subject("${key}"),
                                    "distinct subjects",
                                    Integer.toString(Math.min(keys, records)));
                        }
                    }
                });
    }

    static Scenario json(BenchOptions options, PrintStream out) {
        return new Variants(
                options,
                out,
                "json",
                "One task publishes bytes unchanged, or a Struct with three fields as JSON. Connect makes the Struct from a"
                        + " string by the transforms `HoistField` and `InsertField`, which are a part of the CPU time.",
                300_000,
                List.of(NatsServer::start),
                (rig, matrix, records) -> {
                    rig.fill("json", 1, records, VALUE_BYTES);
                    for (Arm arm : Arm.named("async,fast", 1)) {
                        matrix.add(new Run(arm, "json", records), "payload", "bytes");
                        matrix.add(new Run(arm, "json", records).with(structs()), "payload", "Struct as JSON");
                    }
                });
    }

    private static Map<String, String> structs() {
        return Map.of(
                "value.converter", "org.apache.kafka.connect.storage.StringConverter",
                "transforms", "hoist,insert",
                "transforms.hoist.type", "org.apache.kafka.connect.transforms.HoistField$Value",
                "transforms.hoist.field", "line",
                "transforms.insert.type", "org.apache.kafka.connect.transforms.InsertField$Value",
                "transforms.insert.offset.field", "offset",
                "transforms.insert.timestamp.field", "time");
    }

    static Scenario headers(BenchOptions options, PrintStream out) {
        return new Variants(
                options,
                out,
                "headers",
                "One task publishes records with three headers of 16 bytes: without headers, with all headers, with message"
                        + " ids, and with both.",
                300_000,
                List.of(NatsServer::start),
                (rig, matrix, records) -> {
                    rig.fill("headers", 1, records, VALUE_BYTES, load -> load.headers(3));
                    for (Arm arm : Arm.named("async,fast", 1)) {
                        matrix.add(new Run(arm, "headers", records), "in the message", "payload");
                        matrix.add(
                                new Run(arm, "headers", records).with("headers.include", "*"),
                                "in the message",
                                "payload and headers");
                        matrix.add(
                                new Run(arm, "headers", records).with("message.id", "coordinates"),
                                "in the message",
                                "payload and id");
                        matrix.add(
                                new Run(arm, "headers", records)
                                        .with("headers.include", "*")
                                        .with("message.id", "coordinates"),
                                "in the message",
                                "payload, headers and id");
                    }
                });
    }

    static Scenario metrics(BenchOptions options, PrintStream out) {
        return new Variants(
                options,
                out,
                "metrics",
                "One task publishes records with the fewest and with all metrics. The counters cannot be switched off.",
                600_000,
                List.of(NatsServer::start),
                (rig, matrix, records) -> {
                    rig.fill("metrics", 1, records, VALUE_BYTES);
                    for (Arm arm : Arm.named("async,fast", 1)) {
                        for (String on : List.of("false", "true")) {
                            matrix.add(
                                    new Run(arm, "metrics", records)
                                            .with("metrics.latency", on)
                                            .with("metrics.partitions", on),
                                    "`metrics.latency` and `metrics.partitions`",
                                    on);
                        }
                    }
                });
    }
}
