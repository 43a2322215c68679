package io.jetsink.support.kafka;

import io.jetsink.support.nats.NatsPort;
import io.jetsink.support.process.JavaHome;
import io.jetsink.support.process.ProcessClassPath;
import io.jetsink.support.process.ProcessFiles;
import io.jetsink.support.process.ProcessJava;
import io.jetsink.support.process.ProcessUnderTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** One broker of a {@link KafkaCluster}, which is a controller too. */
final class KafkaBroker implements AutoCloseable {
    static final Duration START_TIMEOUT = Duration.ofSeconds(90);

    private final Path folder = ProcessFiles.newFolder("kafka");
    private final NatsPort port = NatsPort.reserve();
    private final NatsPort controllerPort;
    private final List<String> command;
    private @Nullable ProcessUnderTest process;

    /**
     * Prepares a broker that does not run yet.
     *
     * @param id its place among the controllers
     * @param controllers the ports of all of them
     */
    KafkaBroker(int id, String cluster, List<NatsPort> controllers) {
        this.controllerPort = controllers.get(id);
        Path properties =
                ProcessFiles.writeProperties(folder.resolve("server.properties"), properties(id, controllers));
        format(properties, cluster);
        this.command = ProcessJava.command(
                folder,
                "",
                "512m",
                true,
                List.of(),
                JavaHome.own(),
                ProcessClassPath.ofKafka(),
                List.of("kafka.Kafka", properties.toString()));
    }

    String address() {
        return "127.0.0.1:" + port.number();
    }

    void start() {
        process = ProcessUnderTest.start("kafka", folder.resolve("kafka.log"), command);
    }

    void awaitAnswer() {
        try (Admin admin = KafkaCluster.admin(address())) {
            process.awaitReady(
                    START_TIMEOUT,
                    () -> !admin.describeCluster()
                            .nodes()
                            .get(1, TimeUnit.SECONDS)
                            .isEmpty());
        }
    }

    boolean alive() {
        return process != null && process.alive();
    }

    void kill9() {
        process.close();
    }

    String logTail() {
        return process == null ? "" : process.logTail();
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
        port.close();
        controllerPort.close();
        ProcessFiles.delete(folder);
    }

    private Map<String, String> properties(int id, List<NatsPort> controllers) {
        String listener = "PLAINTEXT://" + address();
        String replicas = Integer.toString(controllers.size());
        String atLeast = Integer.toString(Math.max(1, controllers.size() - 1));
        Map<String, String> properties = new HashMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(id));
        properties.put(
                "controller.quorum.voters",
                IntStream.range(0, controllers.size())
                        .mapToObj(i -> i + "@127.0.0.1:" + controllers.get(i).number())
                        .collect(Collectors.joining(",")));
        properties.put("listeners", listener + ",CONTROLLER://127.0.0.1:" + controllerPort.number());
        properties.put("advertised.listeners", listener);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("log.dirs", folder.resolve("data").toString());
        // After a kill, the controller keeps the broker's id for the dead one until that one's session ends.
        properties.put("broker.session.timeout.ms", "5000");
        properties.put("broker.heartbeat.interval.ms", "500");
        properties.put("default.replication.factor", replicas);
        properties.put("min.insync.replicas", atLeast);
        properties.put("auto.create.topics.enable", "false");
        // Records of tests may be of any time.
        properties.put("log.retention.ms", "-1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("offsets.topic.replication.factor", replicas);
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("transaction.state.log.replication.factor", replicas);
        properties.put("transaction.state.log.min.isr", atLeast);
        properties.put("transaction.state.log.num.partitions", "4");
        properties.put("share.coordinator.state.topic.replication.factor", replicas);
        properties.put("share.coordinator.state.topic.min.isr", atLeast);
        return properties;
    }

    private static void format(Path properties, String cluster) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        String[] arguments = {"format", "--config", properties.toString(), "--cluster-id", cluster};
        int code = StorageTool.execute(arguments, new PrintStream(output, true, StandardCharsets.UTF_8));
        if (code != 0) {
            throw new IllegalStateException("Formatting the broker's storage failed with code " + code + ": "
                    + output.toString(StandardCharsets.UTF_8));
        }
    }
}
