package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jetsink.support.Recipes;
import io.jetsink.support.kafka.ConnectRest;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.process.ProcessClassPath;
import io.jetsink.support.process.ProcessFiles;
import io.jetsink.tool.ToolRun;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.connect.runtime.isolation.PluginUtils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The services of {@code docker/compose.yaml} run, and with them every command of the documents. The commands are run as they
 * are written by a shell, except for ports and absolute paths. {@code curl}, {@code unzip}, {@code openssl}, {@code jetsink} and
 * the programs of Kafka are real. The programs that {@link #PROGRAMS} contains are replaced.
 */
@Tag("matrix")
class DocumentedCommandsIT {
    private static final String PLUGIN =
            "jetsink-kafka-connect-nats-jetstream-" + System.getProperty("jetsink.version");
    private static final Path ZIP = Path.of(System.getProperty("jetsink.zip"));
    private static final String CONNECTOR = "io.jetsink.NatsJetStreamSinkConnector";
    private static final JsonMapper JSON = new JsonMapper();
    /** Other tests run the commands of these documents. */
    private static final String ELSEWHERE = "docker/kubernetes/README\\.md|src/docs/tool\\.md";

    private static final Map<String, Programs.Program> PROGRAMS = Map.of(
            "nats", (folder, words) -> NatsCommand.run(DocumentedCommandsIT.targets.nats(), folder, words),
            "mvn", (folder, words) -> fail(MavenCommand.problems(words)),
            "docker", DocumentedCommandsIT::docker,
            "gpg", DocumentedCommandsIT::gpg,
            "nsc", DocumentedCommandsIT::nsc,
            "trivy", DocumentedCommandsIT::trivy);

    private static final Map<String, ContainerTree> HOSTS = new HashMap<>();
    private static Path folder;
    private static ComposeProject compose;
    private static Programs programs;
    private static ContainerTree tools;
    private static CommandTargets targets;

    static List<DocumentedBlock> commands() {
        // The comments of compose.yaml begin: they create the topic.
        return Stream.concat(
                        DocumentedBlock.in("docker/.*", "sh").stream(),
                        Stream.concat(
                                DocumentedBlock.in("(?!docker/).*", "sh").stream(),
                                DocumentedBlock.in(".*", DocumentedBlock.INLINE).stream()))
                .filter(block ->
                        !block.file().matches(ELSEWHERE) || block.language().equals(DocumentedBlock.INLINE))
                .toList();
    }

    /** Requests that change offsets, and configurations or parts of them that no other test uses. */
    static List<DocumentedBlock> requests() {
        return DocumentedBlock.in(".*", "json").stream()
                .filter(block -> block.text().contains("\"offsets\"")
                        || !(block.file().matches(Recipes.FILES) || block.file().equals("src/docs/migration.md")))
                .toList();
    }

    /** The Dockerfiles of documents. */
    static List<DocumentedBlock> images() {
        return DocumentedBlock.in(".*", "dockerfile");
    }

    /** Configurations of nats-server. */
    static List<DocumentedBlock> servers() {
        return DocumentedBlock.in("(?!src/docs/migration).*", "conf");
    }

    @BeforeAll
    static void start() throws Exception {
        folder = ProcessFiles.newFolder("documents");
        compose = new ComposeProject(repository(folder.resolve("repository")), folder);
        tools = compose.newTree("tools");
        tools.addKafka(List.of());
        for (String jar : ProcessClassPath.ofKafka().split(File.pathSeparator)) {
            Path link = Files.createDirectories(tools.path("/opt/kafka/libs"))
                    .resolve(Path.of(jar).getFileName());
            if (Files.notExists(link)) {
                Files.createSymbolicLink(link, Path.of(jar));
            }
        }
        programs = new Programs(folder.resolve("programs"), PROGRAMS);
        compose.start("nats");
        compose.start("kafka");
        compose.start("prometheus");
        compose.awaitHealthy("nats");
        compose.awaitHealthy("kafka");
        // The check of a service that has not started fails.
        assertThat(compose.healthCheck("connect").succeeded()).isFalse();
        compose.start("connect");
        compose.awaitHealthy("connect");
        compose.awaitHealthy("prometheus");
        Files.createSymbolicLink(
                tools.path("/opt/kafka/bin/jetsink"),
                compose.tree("connect").path("/opt/connectors/" + PLUGIN + "/bin/jetsink"));
        targets = new CommandTargets(compose);
    }

    @AfterAll
    static void stop() throws Exception {
        // Nothing is there if the services have not started.
        if (targets != null) {
            targets.close();
        }
        programs.close();
        compose.close();
        ProcessFiles.delete(folder);
    }

    /** The parts of the repository that commands read, as after a build. */
    private static Path repository(Path copy) throws IOException {
        for (String part : List.of("docker", "config", "target/docker")) {
            ContainerTree.copy(DocumentedBlock.BASE.resolve(part), copy.resolve(part));
        }
        Files.createDirectories(copy.resolve("src/docs"));
        ContainerTree.copy(ZIP, copy.resolve("target/" + ZIP.getFileName()));
        ContainerTree.copy(ZIP, copy.resolve(ZIP.getFileName().toString()));
        return copy;
    }

    @Test
    void theWorkerRunsThePackagedPluginWithTheShippedConfiguration() throws Exception {
        assertThat(targets.rest().plugins()).containsEntry(CONNECTOR, System.getProperty("jetsink.version"));
        assertThat(Files.readString(compose.tree("connect").path("/tmp/worker.properties")))
                .contains("bootstrap.servers=kafka:" + compose.port(19092), "plugin.discovery=service_load");
        assertThat(ShellRun.of(
                                folder,
                                Map.of(),
                                List.of("curl", "-s", "http://127.0.0.1:" + compose.port(9404) + "/metrics"))
                        .output())
                .contains("kafka_connect_connect_worker_metrics_connector_count");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandSucceeds(DocumentedBlock block) throws Exception {
        if (block.language().equals(DocumentedBlock.INLINE) && isName(block.text())) {
            // A sentence that names a subcommand: it exists.
            return;
        }
        ContainerTree host = host(block.file());
        targets.prepare(block.text());
        Map<String, String> environment = Map.of(
                "PATH",
                tools.path("/opt/kafka/bin") + ":" + programs.path(),
                "JAVA_HOME",
                System.getProperty("java.home"),
                "KAFKA_OPTS",
                "");
        List<String> shell = List.of("/bin/sh", "-euc", host.here(complete(block.text())));
        // Connect refuses to change offsets until the consumers have left, and then the reader repeats the request.
        ShellRun run = Awaitility.await(block.toString())
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .until(
                        () -> ShellRun.of(host.path("/tmp/work"), environment, shell),
                        each -> !each.output().contains("haven't stopped"));
        host.localizeAll("/opt/connectors");

        assertThat(run.status()).as(block + " printed\n" + run.output()).isZero();
        assertThat(Pattern.compile("\"error_count\":(\\d+)")
                        .matcher(run.output())
                        .results())
                .as(run.output())
                .allMatch(found -> found.group(1).equals("0"));
        if (block.text().contains("/connectors")) {
            targets.awaitConnectors();
        }
    }

    /** Whether the text is the name of a subcommand that exists, and not a whole command. */
    private static boolean isName(String text) {
        List<String> words = List.of(text.split(" "));
        if (text.matches("(bin/)?jetsink [a-z]+")) {
            return ToolRun.of("--help").out().contains("\n  " + words.get(1) + " ");
        }
        return words.get(0).equals("nats") && NatsCommand.names(words.subList(1, words.size()));
    }

    /** Gives placeholders a value, and a program the input that a sentence leaves out. */
    private static String complete(String text) {
        String whole = text.replace("VERSION", System.getProperty("jetsink.version"))
                .replaceAll("<(name|connector)>", "orders")
                .replace("<stream>", "ORDERS")
                .replaceAll("<([a-z-]+)>", "$1");
        if (whole.startsWith("openssl pkcs8") && !whole.contains("-in ")) {
            return whole + " -in key.pem -passout pass:secret";
        }
        return whole;
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRequestIsAccepted(DocumentedBlock block) throws Exception {
        JsonNode request = JSON.readTree(block.text());
        if (request.has("offsets")) {
            targets.connector("orders");
            ConnectRest rest = targets.rest();
            rest.stop("orders");
            Awaitility.await("offsets")
                    .atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsMatching(
                            e -> String.valueOf(e.getMessage()).contains("haven't stopped"))
                    .untilAsserted(() -> rest.alterOffsets("orders", block.text()));
            request.path("offsets")
                    .forEach(offset -> assertThat(rest.offsets("orders"))
                            .containsValue(offset.at("/offset/kafka_offset").asLong()));
        } else {
            Map<String, String> config = CommandTargets.namedConfig(tools);
            config.putAll(Recipes.read(block.file(), block.text()).copy());
            config.computeIfPresent("connector.plugin.version", (key, any) -> System.getProperty("jetsink.version"));
            assertThat(targets.rest().validate(CONNECTOR, config).errors())
                    .as(block.toString())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aServerAcceptsItsConfiguration(DocumentedBlock block, @TempDir Path work) throws Exception {
        Files.writeString(work.resolve("server.conf"), block.text());

        ShellRun run =
                ShellRun.of(work, Map.of(), List.of(NatsBinary.DEFAULT.path().toString(), "-t", "-c", "server.conf"));

        assertThat(run.status()).as(block + ": " + run.output()).isZero();
    }

    @ParameterizedTest
    @MethodSource("images")
    void anImageContainsThePlugin(DocumentedBlock block, @TempDir Path context) throws Exception {
        Files.createDirectories(context.resolve("context"));
        new ContainerTree(context.resolve("context"), Map.of())
                .add(compose.tree("connect").path("/opt/connectors"), "/");
        ImageBuild image = new ImageBuild(
                block.text().replace("VERSION", System.getProperty("jetsink.version")),
                context.resolve("context"),
                context.resolve("image"),
                Map.of(),
                (name, tree) -> {});

        assertThat(PluginUtils.pluginUrls(image.tree().path("/usr/share/confluent-hub-components")))
                .anySatisfy(url -> assertThat(url.toString()).contains(PLUGIN + "/lib"));
    }

    /** The working folder of a document: the root folder of the repository and of the plugin at once, with the files it names. */
    private static ContainerTree host(String document) throws Exception {
        if (!HOSTS.containsKey(document)) {
            ContainerTree host = compose.newTree("host-" + HOSTS.size());
            Files.createDirectories(host.path("/opt"));
            Files.createDirectories(host.path("/etc/prometheus"));
            host.add(folder.resolve("repository"), "/tmp/work");
            for (String part : List.of("bin", "lib", "doc")) {
                Files.createSymbolicLink(
                        host.path("/tmp/work/" + part),
                        compose.tree("connect").path("/opt/connectors/" + PLUGIN + "/" + part));
            }
            Files.createDirectories(host.path("/tmp/work/target/faults"));
            Files.writeString(host.path("/tmp/work/target/faults/faults.md"), "");
            Files.copy(host.path("/tmp/work/docker/observability/alerts.yaml"), host.path("/tmp/work/alerts.yaml"));
            Files.writeString(
                    host.path("/tmp/work/config.json"), JSON.writeValueAsString(CommandTargets.namedConfig(host)));
            Files.writeString(
                    host.path("/tmp/work/nats-kafka.conf"),
                    DocumentedBlock.in("src/docs/migration\\.md", "conf").get(0).text());
            ShellRun.of(
                    host.path("/tmp/work"),
                    Map.of(),
                    List.of("openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", "key.pem"));
            Map<String, Object> sales =
                    Map.of("name", "sales", "initial_state", "STOPPED", "config", CommandTargets.config(host));
            Files.writeString(host.path("/tmp/work/sales.json"), JSON.writeValueAsString(sales));
            Files.writeString(
                    host.path("/tmp/work/SHA512SUMS"),
                    ShellRun.of(
                                    host.path("/tmp/work"),
                                    Map.of(),
                                    List.of("sha512sum", ZIP.getFileName().toString()))
                            .output());
            Files.writeString(host.path("/tmp/work/SHA512SUMS.asc"), "");
            HOSTS.put(document, host);
        }
        return HOSTS.get(document);
    }

    /** Executes {@code docker build} without an engine, and the subcommands of {@code docker compose} with the services. */
    private static String docker(Path work, List<String> words) throws Exception {
        String line = String.join(" ", words);
        if (line.matches("build -f \\S+ -t \\S+ \\S+")) {
            ContainerTree tree = compose.build(
                            work.resolve(words.get(2)),
                            work.resolve(words.get(5)).normalize(),
                            "documented-" + HOSTS.size())
                    .tree();
            assertThat(tree.path("/opt/connectors/" + PLUGIN + "/lib")).isDirectory();
            return "";
        }
        if (line.equals("compose -f docker/compose.yaml up --build --wait")) {
            for (String service : List.of("nats", "kafka", "connect", "prometheus")) {
                compose.awaitHealthy(service);
            }
            return "";
        }
        if (line.startsWith("compose -f docker/compose.yaml exec ")) {
            // Paths lead into the folder of the document, and have to lead into that of the service.
            String root = work.resolve("../..").normalize() + "/";
            ShellRun run = compose.exec(
                    words.get(4),
                    words.subList(5, words.size()).stream()
                            .map(word -> word.replace(root, "/"))
                            .toList());
            return run.succeeded() ? run.output() : fail(List.of(run.output()));
        }
        return fail(List.of("unknown: docker " + line));
    }

    /** Compares the user of the document with the permissions of the server's configuration beside it. */
    private static String nsc(Path work, List<String> words) throws Exception {
        assertThat(words)
                .hasSize(10)
                .startsWith("add", "user", "--account")
                .element(4)
                .isEqualTo("--name");
        String document = Files.readString(DocumentedBlock.BASE.resolve("src/docs/operations.md"));
        List<MatchResult> users = CommandTargets.found(
                "(?s)user: " + words.get(5)
                        + ",.*?publish: \\{ allow: \\[(.*?)] }\\s*subscribe: \\{ allow: \\[(.*?)] }",
                document);
        assertThat(users).hasSize(1);
        for (int option : List.of(6, 8)) {
            assertThat(words.get(option)).isEqualTo(option == 6 ? "--allow-pub" : "--allow-sub");
            assertThat(List.of(words.get(option + 1).split(",")))
                    .isEqualTo(Stream.of(users.get(0).group(option / 2 - 2).split(",\\s*"))
                            .map(subject -> subject.replace("\"", ""))
                            .toList());
        }
        return "";
    }

    /** Accepts the signature of a file that exists: no key is published. */
    private static String gpg(Path work, List<String> words) {
        assertThat(words).hasSize(3).startsWith("--verify");
        assertThat(words.subList(1, 3))
                .allSatisfy(file -> assertThat(work.resolve(file)).isRegularFile());
        return "";
    }

    private static String trivy(Path work, List<String> words) throws IOException {
        assertThat(words).hasSize(2).startsWith("sbom");
        assertThat(JSON.readTree(work.resolve(words.get(1)).toFile())
                        .path("bomFormat")
                        .asText())
                .isEqualTo("CycloneDX");
        return "";
    }

    private static String fail(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        return "";
    }
}
