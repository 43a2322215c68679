package io.jetsink.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.tools.attach.VirtualMachine;
import io.jetsink.support.Bridge;
import io.jetsink.support.kafka.ConnectCluster;
import io.jetsink.support.kafka.ConnectValidation;
import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.nats.NatsCertificates;
import io.jetsink.support.nats.NatsOperator;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets of every kind in a real worker that logs all it can, with faults on the way, are looked for wherever an operator
 * or a monitoring system looks. Configurations hold references, as documented: Connect shows what was posted.
 */
@Tag("faults")
class CanaryIT {
    private static final String LOG_EVERYTHING = """
            appender.out.layout.pattern = %d{HH:mm:ss.SSS} %-5p [%t] %m (%c)%n
            rootLogger.level = trace
            logger.config.level = trace
            logger.rest.level = trace
            logger.metrics.level = trace
            logger.info.level = trace
            """;
    private static final String RECORD_KEY = "c4n4ry-record-key";
    private static final String RECORD_VALUE = "c4n4ry-record-value";

    @TempDir
    private Path folder;

    /** By their names in the file that references lead to. */
    private final Map<String, String> secrets = new LinkedHashMap<>();

    @Test
    void noSecretShowsUpAnywhere() throws Exception {
        NatsOperator.User user = new NatsOperator().user();
        secrets.put("password", "c4n4ry-password");
        secrets.put("token", "c4n4ry-token");
        secrets.put("credentials", user.credentials());
        secrets.put("seed", user.seed());
        secrets.put("jwt", user.jwt());
        secrets.put("store", NatsCertificates.PASSWORD);
        secrets.put("wrong", "c4n4ry-store-password");
        secrets.put("key", "c4n4ry-key-password");
        Path file = writeSecrets();
        NatsCertificates.Issued client = new NatsCertificates(folder).issue("client", "dns:client.example");
        try (KafkaCluster kafka = KafkaCluster.start();
                NatsServer nats = NatsServer.builder()
                        .config("authorization { users: [{ user: bridge, password: 'c4n4ry-password' }] }")
                        .start();
                ConnectCluster connect = ConnectCluster.builder(kafka.bootstrap())
                        .packagedPlugin()
                        .logging(LOG_EVERYTHING)
                        .start()) {
            Map<String, Map<String, String>> connectors = connectors(nats, file, client);
            createStream(nats);
            kafka.createTopic("orders", 1);
            produce(kafka, RECORD_KEY, RECORD_VALUE);
            connectors.forEach((name, config) -> connect.rest().create(name, config));
            connect.rest().awaitRunning("works", 1);
            awaitCommitted(kafka, "works", 1);
            for (String failing : connectors.keySet()) {
                if (!failing.equals("works")) {
                    connect.rest().awaitFailed(failing);
                }
            }
            nats.kill9();
            produce(kafka, RECORD_KEY, RECORD_VALUE);
            awaitLogged(connect, "no working link to NATS");
            nats.restart();
            awaitCommitted(kafka, "works", 2);
            connect.rest().restart("works");
            connect.rest().awaitRunning("works", 1);
            String beans = beans(connect.worker(0).pid());
            // A key of five thousand characters is too long for a subject: the task fails at the record.
            produce(kafka, RECORD_KEY + "x".repeat(5_000), RECORD_VALUE);
            connect.rest().awaitFailed("works");

            String answers = answers(connect, connectors);
            beans += beans(connect.worker(0).pid());
            String log = connect.worker(0).log();

            // It would be found.
            assertThat(answers).contains("${file:", "Authorization Violation", "was rejected");
            assertThat(beans).contains("connector=works", "\"works-0-nats-");
            assertThat(log).contains(" TRACE ", " DEBUG ").contains("io.jetsink.publish.OutageLog");
            assertThat(parts()).hasSize(7);
            for (String secret : parts()) {
                assertAbsent(answers, secret, "an answer of REST");
                assertAbsent(beans, secret, "JMX or a thread's name");
                assertAbsent(log, secret, "the log");
            }
            for (String content : List.of(RECORD_KEY, RECORD_VALUE)) {
                assertAbsent(answers, content, "an answer of REST");
                assertAbsent(beans, content, "JMX or a thread's name");
                assertAbsent(atInfoAndAbove(log), content, "the log at INFO and above");
            }
        }
    }

    private Map<String, Map<String, String>> connectors(NatsServer nats, Path file, NatsCertificates.Issued client) {
        Map<String, Map<String, String>> connectors = new LinkedHashMap<>();
        connectors.put(
                "works", config(nats.url(), file, "nats.auth.username", "bridge", "nats.auth.password", "=password"));
        connectors.put("token", config(nats.url(), file, "nats.auth.token", "=token"));
        connectors.put("creds", config(nats.url(), file, "nats.auth.credentials", "=credentials"));
        connectors.put("nkey", config(nats.url(), file, "nats.auth.nkey.seed", "=seed"));
        connectors.put("jwt", config(nats.url(), file, "nats.auth.nkey.seed", "=seed", "nats.auth.jwt", "=jwt"));
        String secured = "tls://localhost:" + nats.port();
        connectors.put(
                "stores",
                config(
                        secured,
                        file,
                        "nats.ssl.truststore.type",
                        "PKCS12",
                        "nats.ssl.truststore.location",
                        client.pkcs12().toString(),
                        "nats.ssl.truststore.password",
                        "=wrong"));
        connectors.put(
                "keys",
                config(
                        secured,
                        file,
                        "nats.ssl.keystore.type",
                        "PKCS12",
                        "nats.ssl.keystore.location",
                        client.pkcs12().toString(),
                        "nats.ssl.keystore.password",
                        "=store",
                        "nats.ssl.key.password",
                        "=key",
                        "publish.retry.timeout.ms",
                        "1000"));
        return connectors;
    }

    /** A value that begins with {@code =} is the name of a secret. */
    private static Map<String, String> config(String url, Path file, String... keysAndValues) {
        Map<String, String> config = new HashMap<>(Map.of(
                "connector.class", Bridge.CONNECTOR_CLASS,
                "topics", "orders",
                "tasks.max", "1",
                "nats.servers", url,
                "jetstream.stream", "orders",
                "subject", "orders.${key}",
                "publish.mode", "async"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            String value = keysAndValues[i + 1];
            config.put(
                    keysAndValues[i],
                    value.startsWith("=") ? "${file:" + file + ":" + value.substring(1) + "}" : value);
        }
        return config;
    }

    /** Everything that the REST says of these connectors. */
    private static String answers(ConnectCluster connect, Map<String, Map<String, String>> connectors) {
        StringBuilder answers = new StringBuilder();
        connectors.forEach((name, config) -> {
            for (String what : List.of("", "/config", "/status", "/tasks", "/topics", "/offsets")) {
                answers.append(connect.rest().get("/connectors/" + name + what)).append('\n');
            }
            Map<String, String> named = new HashMap<>(config);
            named.put("name", name);
            ConnectValidation validation = connect.rest().validate(Bridge.CONNECTOR_CLASS, named);
            answers.append(validation).append(validation.errors()).append('\n');
            named.put("publish.mode", "none");
            answers.append(connect.rest().validate(Bridge.CONNECTOR_CLASS, named))
                    .append('\n');
        });
        return answers.toString();
    }

    private static MBeanAttributeInfo[] attributes(MBeanServerConnection server, ObjectName name) throws Exception {
        try {
            return server.getMBeanInfo(name).getAttributes();
        } catch (InstanceNotFoundException gone) {
            // Kafka replaces an MBean to add an attribute to it.
            return new MBeanAttributeInfo[0];
        }
    }

    /** All attributes of all beans, and a dump of all threads. */
    @SuppressWarnings("BanJNDI") // The address comes from a process of this test.
    private static String beans(long pid) throws Exception {
        VirtualMachine worker = VirtualMachine.attach(Long.toString(pid));
        String address;
        try {
            address = worker.startLocalManagementAgent();
        } finally {
            worker.detach();
        }
        StringBuilder all = new StringBuilder();
        try (var jmx = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
            MBeanServerConnection server = jmx.getMBeanServerConnection();
            for (ObjectName name : server.queryNames(null, null)) {
                all.append(name).append('\n');
                for (MBeanAttributeInfo attribute : attributes(server, name)) {
                    all.append(attribute.getName())
                            .append('=')
                            .append(value(server, name, attribute.getName()))
                            .append('\n');
                }
            }
            all.append(server.invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "threadPrint",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()}));
        }
        return all.toString();
    }

    private static String value(MBeanServerConnection server, ObjectName bean, String attribute) throws IOException {
        try {
            return Arrays.deepToString(new Object[] {server.getAttribute(bean, attribute)});
        } catch (JMException | RuntimeMBeanException notSupported) {
            return notSupported.toString();
        }
    }

    /** Each secret, and of those with several lines each that is one, not a rule or a sentence. */
    private List<String> parts() {
        return secrets.values().stream()
                .flatMap(String::lines)
                .map(String::strip)
                .filter(line -> line.matches("[\\w.-]*\\w") && !line.startsWith("---"))
                .distinct()
                .collect(Collectors.toList());
    }

    private static void assertAbsent(String text, String secret, String where) {
        int at = text.indexOf(secret);
        assertThat(at < 0 ? "" : text.substring(Math.max(0, at - 300), Math.min(text.length(), at + 100)))
                .as("around %s in %s", secret, where)
                .isEmpty();
    }

    /** With the lines of traces that belong to them. */
    private static String atInfoAndAbove(String log) {
        StringBuilder loud = new StringBuilder();
        boolean isLoud = true;
        for (String line : log.lines().toList()) {
            if (line.matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} .*")) {
                isLoud = !line.startsWith("TRACE", 13) && !line.startsWith("DEBUG", 13);
            }
            if (isLoud) {
                loud.append(line).append('\n');
            }
        }
        return loud.toString();
    }

    private Path writeSecrets() throws IOException {
        Properties properties = new Properties();
        properties.putAll(secrets);
        Path file = folder.resolve("secrets.properties");
        try (var out = Files.newBufferedWriter(file, UTF_8)) {
            properties.store(out, null);
        }
        return file;
    }

    private static void createStream(NatsServer nats) throws Exception {
        try (Connection connection = nats.connect(options -> options.userInfo("bridge", "c4n4ry-password"))) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name("orders")
                            .subjects("orders.>")
                            .build());
        }
    }

    private static void produce(KafkaCluster kafka, String key, String value) {
        kafka.produce("orders", key.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    private static void awaitCommitted(KafkaCluster kafka, String connector, long offset) {
        Awaitility.await("offset " + offset)
                .atMost(Duration.ofSeconds(60))
                .until(() -> kafka.committed("connect-" + connector).containsValue(offset));
    }

    private static void awaitLogged(ConnectCluster connect, String text) {
        Awaitility.await(text)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> connect.worker(0).log().contains(text));
    }
}
