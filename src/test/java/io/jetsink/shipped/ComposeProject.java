package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsPort;
import io.jetsink.support.process.ProcessUnderTest;
import io.jetsink.support.prometheus.PrometheusBinary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * The services of {@code docker/compose.yaml} as processes of this host, without containers: commands, variables, volumes and
 * health checks are those of the file, and the image of the worker is built from {@code docker/Dockerfile}. A service has a
 * folder in the place of its root folder. The exporter of NATS and Grafana are not started.
 */
final class ComposeProject implements AutoCloseable {
    private static final List<Integer> PORTS = List.of(9092, 9093, 19092, 4222, 8222, 8083, 9404, 9090);
    private static final List<String> HOSTS = List.of("kafka", "nats", "connect");

    private final Path repository;
    private final Path folder;
    private final JsonNode services;
    private final Map<Integer, NatsPort> reserved = new LinkedHashMap<>();
    private final Map<String, ContainerTree> trees = new HashMap<>();
    private final Map<String, ProcessUnderTest> processes = new HashMap<>();

    /**
     * Builds the image and starts nothing.
     *
     * @param repository the folder with {@code docker}, {@code config} and {@code target}
     */
    ComposeProject(Path repository, Path folder) throws IOException {
        this.repository = repository;
        this.folder = folder;
        this.services = new YAMLMapper()
                .readTree(repository.resolve("docker/compose.yaml").toFile())
                .path("services");
        PORTS.forEach(port -> reserved.put(port, NatsPort.reserve()));
    }

    /** Returns the reserved port for one of the file. */
    int port(int port) {
        return reserved.get(port).number();
    }

    /** Returns an empty folder with the ports of the services. */
    ContainerTree newTree(String name) throws IOException {
        return new ContainerTree(
                folder.resolve(name),
                reserved.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, entry -> entry.getValue().number())));
    }

    ContainerTree tree(String service) {
        return trees.get(service);
    }

    /** Starts a service. */
    void start(String service) throws IOException {
        JsonNode definition = services.path(service);
        ContainerTree tree;
        List<String> command = new ArrayList<>(List.of("env"));
        List<String> words = words(definition.path("command"));
        if (definition.has("build")) {
            ImageBuild image = build(definition.path("build"), service);
            tree = image.tree();
            image.environment().forEach((name, value) -> command.add(name + "=" + tree.here(value)));
            command.add("KAFKA_OPTS=");
            words = image.command();
        } else {
            tree = newTree(service);
            base(definition.path("image").asText(), tree);
        }
        trees.put(service, tree);
        for (JsonNode volume : definition.path("volumes")) {
            mount(volume.asText().split(":"), tree);
        }
        for (Map.Entry<String, JsonNode> variable :
                definition.path("environment").properties()) {
            command.add(variable.getKey() + "=" + tree.here(variable.getValue().asText()));
        }
        command.addAll(entryPoint(definition.path("image").asText(), tree));
        words.forEach(word -> command.add(tree.here(word)));
        processes.put(service, ProcessUnderTest.start(service, folder.resolve(service + ".log"), command));
    }

    private ImageBuild build(JsonNode build, String service) throws IOException {
        Path docker = repository.resolve("docker");
        Path context = docker.resolve(build.path("context").asText()).normalize();
        return build(context.resolve(build.path("dockerfile").asText()), context, service);
    }

    /** Builds an image that begins with Kafka's. */
    ImageBuild build(Path dockerfile, Path context, String name) throws IOException {
        return new ImageBuild(
                Files.readString(dockerfile),
                context,
                folder.resolve("images-" + name),
                reserved.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, entry -> entry.getValue().number())),
                ComposeProject::base);
    }

    private static void base(String image, ContainerTree tree) throws IOException {
        if (image.startsWith("apache/kafka:")) {
            tree.addKafka(HOSTS);
        }
    }

    /** Returns the command of an image, with the arguments that keep it on loopback and on the reserved ports. */
    private List<String> entryPoint(String image, ContainerTree tree) throws IOException {
        if (image.startsWith("apache/kafka:")) {
            // As the image does it: Kafka's own class makes a configuration from the variables and formats the storage.
            return List.of(
                    "CLUSTER_ID=5L6g3nShT-eMCtK--X86sw",
                    "/bin/sh",
                    "-ec",
                    tree.here("/opt/kafka/bin/kafka-run-class.sh kafka.docker.KafkaDockerWrapper setup"
                            + " --default-configs-dir /etc/kafka/docker --mounted-configs-dir /mnt/shared/config"
                            + " --final-configs-dir /opt/kafka/config\n"
                            + "exec /opt/kafka/bin/kafka-server-start.sh /opt/kafka/config/server.properties"));
        }
        if (image.startsWith("nats:")) {
            return List.of(
                    NatsBinary.DEFAULT.path().toString(),
                    "--addr",
                    "127.0.0.1",
                    "--port",
                    Integer.toString(port(4222)));
        }
        if (image.startsWith("prom/prometheus:")) {
            return List.of(
                    PrometheusBinary.PROMETHEUS.path().toString(), "--web.listen-address=127.0.0.1:" + port(9090));
        }
        if (image.isEmpty()) {
            return List.of();
        }
        throw new IOException("unknown image " + image);
    }

    private void mount(String[] volume, ContainerTree tree) throws IOException {
        if (volume[0].startsWith(".")) {
            tree.add(repository.resolve("docker").resolve(volume[0]).normalize(), volume[1]);
        } else {
            Files.createDirectories(tree.path(volume[1]));
        }
    }

    /** Runs the health check of a service once. */
    ShellRun healthCheck(String service) throws IOException, InterruptedException {
        List<String> test = words(services.path(service).at("/healthcheck/test"));
        if (!test.get(0).equals("CMD")) {
            throw new IOException("unknown health check " + test);
        }
        return exec(service, test.subList(1, test.size()));
    }

    /** Waits until a service is healthy, for as long as its health check allows. */
    void awaitHealthy(String service) {
        JsonNode check = services.path(service).path("healthcheck");
        Duration interval = Duration.parse("PT" + check.path("interval").asText());
        Awaitility.await("health of " + service)
                .atMost(interval.multipliedBy(check.path("retries").asInt()))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(200))
                .failFast(() -> {
                    if (!processes.get(service).alive()) {
                        throw new IllegalStateException(
                                service + " has ended" + processes.get(service).logTail());
                    }
                })
                .untilAsserted(() -> assertThat(healthCheck(service))
                        .extracting(ShellRun::status, ShellRun::output)
                        .startsWith(0));
    }

    /** Runs a command in the folder of a service. */
    ShellRun exec(String service, List<String> command) throws IOException, InterruptedException {
        ContainerTree tree = trees.containsKey(service) ? trees.get(service) : newTree("none");
        return ShellRun.of(
                tree.path("/"),
                Map.of("KAFKA_OPTS", ""),
                command.stream().map(tree::here).toList());
    }

    String log(String service) {
        return processes.get(service).log();
    }

    private static List<String> words(JsonNode list) {
        return list.valueStream().map(JsonNode::asText).toList();
    }

    @Override
    public void close() {
        processes.values().forEach(ProcessUnderTest::close);
        reserved.values().forEach(NatsPort::close);
    }
}
