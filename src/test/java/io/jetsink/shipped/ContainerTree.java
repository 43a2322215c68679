package io.jetsink.shipped;

import io.jetsink.support.process.JavaHome;
import io.jetsink.support.process.ProcessClassPath;
import io.jetsink.support.process.ProcessJava;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder in the place of the root folder of a container or host. In commands and files, absolute paths lead into this folder,
 * and each port is one that the test has reserved.
 */
final class ContainerTree {
    private static final Pattern PATH =
            Pattern.compile("(?m)(?<=^|[\\s\"'=:@>])/(?=(?:opt|tmp|etc|var|data|mnt|prometheus|usr/share)(?:/|\\b))");
    private static final Pattern CONFIGURATION = Pattern.compile(".*\\.(json|properties|ya?ml|creds)");
    /** The classes that Kafka's scripts start. */
    private static final Map<String, String> KAFKA_PROGRAMS = Map.of(
            "connect-distributed.sh", "org.apache.kafka.connect.cli.ConnectDistributed",
            "connect-standalone.sh", "org.apache.kafka.connect.cli.ConnectStandalone",
            "connect-plugin-path.sh", "org.apache.kafka.tools.ConnectPluginPath",
            "kafka-server-start.sh", "kafka.Kafka",
            "kafka-topics.sh", "org.apache.kafka.tools.TopicCommand",
            "kafka-broker-api-versions.sh", "org.apache.kafka.tools.BrokerApiVersionsCommand",
            "kafka-consumer-groups.sh", "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
            "kafka-configs.sh", "kafka.admin.ConfigCommand",
            "kafka-console-producer.sh", "org.apache.kafka.tools.ConsoleProducer",
            "kafka-console-consumer.sh", "org.apache.kafka.tools.consumer.ConsoleConsumer");

    private final Path root;
    private final Map<Integer, Integer> ports;

    /**
     * Makes an empty one.
     *
     * @param ports the reserved port for each port of the files
     */
    ContainerTree(Path root, Map<Integer, Integer> ports) throws IOException {
        this.root = Files.createDirectories(root);
        this.ports = ports;
        Files.createDirectories(root.resolve("tmp"));
    }

    Path path(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    /** Returns the text with the paths and ports of this folder. A server that listens to all addresses has only loopback. */
    String here(String text) {
        String places = PATH.matcher(text).replaceAll(found -> root + "/");
        for (Map.Entry<Integer, Integer> port : ports.entrySet()) {
            places = places.replaceAll("://:" + port.getKey() + "\\b", "://127.0.0.1:" + port.getValue())
                    .replaceAll("=" + port.getKey() + ":", "=127.0.0.1:" + port.getValue() + ":")
                    .replaceAll("(?<=[\\w.]):" + port.getKey() + "\\b", ":" + port.getValue())
                    .replaceAll("^" + port.getKey() + "$", port.getValue().toString());
        }
        return places;
    }

    /** Copies a file or the content of a folder. A configuration has the paths and ports of this folder. */
    void add(Path source, String absolute) throws IOException {
        boolean into = absolute.endsWith("/") && !Files.isDirectory(source);
        String target = into ? absolute + source.getFileName() : absolute;
        copy(source, path(target));
        localizeAll(target);
    }

    /** Copies a file or the content of a folder as it is. */
    static void copy(Path source, Path target) throws IOException {
        Files.createDirectories(target.resolveSibling("."));
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    /** Gives the configurations of a folder the paths and ports of this one, as after a command has unpacked them. */
    void localizeAll(String absolute) throws IOException {
        if (Files.notExists(path(absolute))) {
            return;
        }
        try (Stream<Path> files = Files.walk(path(absolute))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                localize(file);
            }
        }
    }

    private void localize(Path file) throws IOException {
        if (CONFIGURATION.matcher(file.toString()).matches()) {
            String text = Files.readString(file);
            String here = here(text.replace(root + "/", "/"));
            if (!here.equals(text)) {
                Files.writeString(file, here);
            }
        }
    }

    /** Adds what the image apache/kafka has: the scripts, with the classes that Kafka's own scripts start. */
    void addKafka(List<String> hosts) throws IOException {
        Path bin = Files.createDirectories(path("/opt/kafka/bin"));
        Files.createDirectories(path("/mnt/shared/config"));
        Files.createDirectories(path("/var/lib/kafka/data"));
        Files.createDirectories(path("/opt/kafka/config"));
        for (String name : List.of("server.properties", "log4j2.yaml", "tools-log4j2.yaml")) {
            Files.createDirectories(path("/etc/kafka/docker"));
            Files.writeString(
                    path("/etc/kafka/docker/" + name),
                    name.endsWith(".yaml") ? "Configuration:\n  Loggers:\n    Root:\n      level: \"INFO\"\n" : "");
        }
        Path names = Files.writeString(
                path("/etc/hosts"),
                Stream.concat(
                                hosts.stream(),
                                Stream.of(
                                        "localhost", InetAddress.getLocalHost().getHostName()))
                        .map(host -> "127.0.0.1 " + host + "\n")
                        .collect(Collectors.joining()));
        String java = ProcessJava.command(
                        bin,
                        "",
                        "512m",
                        true,
                        List.of("-Djdk.net.hosts.file=" + names),
                        JavaHome.own(),
                        ProcessClassPath.ofKafka(),
                        List.of())
                .stream()
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
        program(bin.resolve("kafka-run-class.sh"), "exec " + java + " $KAFKA_OPTS \"$@\"");
        for (Map.Entry<String, String> program : KAFKA_PROGRAMS.entrySet()) {
            program(
                    bin.resolve(program.getKey()),
                    "exec \"$(dirname \"$0\")/kafka-run-class.sh\" " + program.getValue() + " \"$@\"");
        }
    }

    static void program(Path file, String script) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        if (!file.toFile().setExecutable(true)) {
            throw new IOException(file + " cannot be made executable");
        }
    }
}
