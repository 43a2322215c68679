package io.jetsink.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.kafka.WorkerVersions;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as users start it: a shell script of the packaged zip with the libraries of Kafka. */
class ToolScriptIT {
    @TempDir
    private static Path folder;

    private static ToolScript script;

    @BeforeAll
    static void unpack() throws Exception {
        script = new ToolScript(folder);
    }

    @Test
    void theZipHasAnExecutableScript() throws Exception {
        Path zip = Path.of(System.getProperty("jetsink.zip"));
        try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("enablePosixFileAttributes", true));
                Stream<Path> all = Files.walk(files.getPath("/"))) {
            Path found =
                    all.filter(file -> file.endsWith("bin/jetsink")).findFirst().orElseThrow();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(found)))
                    .isEqualTo("rwxr-xr-x");
        }
    }

    @Test
    void eachCommandEndsWithItsStatus() throws Exception {
        runEach(script, "script");
    }

    @Tag("matrix")
    @ParameterizedTest
    @ValueSource(strings = {"3.6.2", "3.9.2", "4.1.2", "4.4.0"})
    void eachVersionOfKafkaWillDo(String version, @TempDir Path unpacked) throws Exception {
        runEach(new ToolScript(unpacked, WorkerVersions.classPath(version)), "script-" + version);
    }

    private static void runEach(ToolScript script, String name) throws Exception {
        try (NatsServer nats = NatsServer.start();
                Connection connection = nats.connect()) {
            KafkaCluster kafka = Bridge.shared().kafka();
            connection.jetStreamManagement().addStream(VerifyWay.DIGESTS.stream());
            kafka.createTopic(name, 2);
            kafka.produce(Stream.of(0, 1, 2, 3)
                    .map(i -> new ProducerRecord<>(
                            name, i % 2, new byte[0], StreamFill.value(i).getBytes(UTF_8)))
                    .toList());
            kafka.admin()
                    .alterConsumerGroupOffsets(
                            "connect-" + name,
                            Map.of(
                                    new TopicPartition(name, 0), new OffsetAndMetadata(2),
                                    new TopicPartition(name, 1), new OffsetAndMetadata(2)))
                    .all()
                    .get();
            Map<String, String> config = VerifyWay.DIGESTS.config(name, nats.url());
            String file = ToolRun.write(folder, name, config).toString();
            String[] options = {"--bootstrap-server", kafka.bootstrap(), "--format", "json"};

            ToolRun check = script.run("check", file, "--format", "json");
            assertThat(check.status()).as(check.toString()).isZero();
            assertThat(check.json().path("valid").asBoolean()).isTrue();
            assertThat(check.err()).isEmpty();

            ToolRun explain = run(script, "explain", file, options);
            assertThat(explain.status()).as(explain.toString()).isZero();
            assertThat(explain.json().path("records")).hasSize(4);
            assertThat(explain.err()).isEmpty();

            new StreamFill(connection, VerifyWay.DIGESTS, name).all(3);
            ToolRun broken = run(script, "verify", file, options);
            assertThat(broken.status()).isEqualTo(1);
            assertThat(broken.json().path("missing").asInt()).isEqualTo(1);
            assertThat(broken.err()).isEmpty();

            connection.jetStream().publish("digests.1", StreamFill.value(3).getBytes(UTF_8));
            assertThat(run(script, "verify", file, options).status()).isZero();

            config.put("subject", "digests.*");
            assertThat(script.run(
                                    "check",
                                    ToolRun.write(folder, "wrong", config).toString())
                            .status())
                    .isEqualTo(1);
            assertThat(script.run("check").status()).isEqualTo(2);
        }
    }

    private static ToolRun run(ToolScript script, String command, String file, String... options) throws Exception {
        return script.run(
                Stream.concat(Stream.of(command, file), Stream.of(options)).toArray(String[]::new));
    }

    @Test
    void theFolderIsFoundThroughLinks() throws Exception {
        Path other = Files.createDirectories(folder.resolve("other folder"));
        Path link = Files.createSymbolicLink(other.resolve("link"), other.relativize(script.path()));
        Path second = Files.createSymbolicLink(folder.resolve("second"), link);

        ToolRun run = script.run(Map.of(), second, "--version");

        assertThat(run).isEqualTo(new ToolRun(0, System.getProperty("jetsink.version") + "\n", ""));
    }

    @Test
    void kafkaIsFoundBesideItsOwnScript() throws Exception {
        Path bin = Files.createDirectories(script.kafka().resolve("bin"));
        Path worker = Files.writeString(bin.resolve("connect-distributed.sh"), "#!/bin/sh\n");
        assertThat(worker.toFile().setExecutable(true)).isTrue();
        String path = System.getenv("PATH");

        assertThat(script.run(Map.of("KAFKA_HOME", "", "PATH", bin + ":" + path), script.path(), "check")
                        .err())
                .contains("Run jetsink --help");
        ToolRun missing = script.run(Map.of("KAFKA_HOME", ""), script.path(), "check");
        assertThat(missing.status()).isEqualTo(2);
        assertThat(missing.err())
                .isEqualTo("jetsink: Kafka is not found: set KAFKA_HOME to the folder of Kafka that has libs/*.jar\n");
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        ToolRun kafka = script.run(Map.of("KAFKA_HOME", "/nowhere"), script.path(), "check");
        assertThat(kafka.status()).isEqualTo(2);
        assertThat(kafka.err()).startsWith("jetsink: there is no connect-api-*.jar in /nowhere/libs: set KAFKA_HOME");

        ToolRun java = script.run(Map.of("JAVA_HOME", "/nowhere"), script.path(), "--version");
        assertThat(java.status()).isEqualTo(2);
        assertThat(java.err()).startsWith("jetsink: there is no program /nowhere/bin/java: set JAVA_HOME");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "--help"})
    void helpAndVersionDoNotNeedKafka(String option) throws Exception {
        ToolRun run = script.run(Map.of("KAFKA_HOME", ""), script.path(), option);

        assertThat(run.status()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains(option.equals("--help") ? "jetsink" : System.getProperty("jetsink.version"))
                .doesNotContain("Exception");
    }

    @Test
    void theHeapIsSmallUnlessItIsSet() throws Exception {
        assertThat(heap(Map.of())).isEqualTo("-Xmx256m");
        assertThat(heap(Map.of("KAFKA_HEAP_OPTS", "-Xmx1g -Xms64m"))).isEqualTo("-Xmx1g -Xms64m");
        assertThat(heap(Map.of("KAFKA_HEAP_OPTS", "-Xmx1g", "JETSINK_HEAP_OPTS", "-Xmx300m")))
                .isEqualTo("-Xmx300m");
    }

    /** A second process could not open their ports. */
    @Test
    void agentsAndPortsOfAWorkerAreLeftOut() throws Exception {
        String options = "-Djava.security.krb5.conf=/etc/krb5.conf -javaagent:/opt/jmx.jar=9404:/etc/jmx.yaml"
                + " -agentlib:jdwp=transport=dt_socket,server=y,address=5005 -Dcom.sun.management.jmxremote.port=9999"
                + " -Dcom.sun.management.jmxremote -Da=/*";

        assertThat(called(Map.of("KAFKA_OPTS", options)))
                .contains(" -XX:+UseSerialGC -Djava.security.krb5.conf=/etc/krb5.conf -Da=/* -Dlog4j.configuration=");
    }

    private static String heap(Map<String, String> variables) throws Exception {
        String called = called(variables);
        return called.substring(0, called.indexOf(" -XX:"));
    }

    /** The options with which a program in the place of Java is called. */
    private static String called(Map<String, String> variables) throws Exception {
        Path bin = Files.createDirectories(folder.resolve("java/bin"));
        Path java = Files.writeString(bin.resolve("java"), "#!/bin/sh\necho \"$@\"\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Map<String, String> all = new HashMap<>(variables);
        all.put("JAVA_HOME", folder.resolve("java").toString());
        return script.run(all, script.path(), "--version").out();
    }
}
