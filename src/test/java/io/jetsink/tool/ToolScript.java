package io.jetsink.tool;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jetsink.support.process.ProcessClassPath;
import io.jetsink.support.process.ProcessFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code bin/jetsink} of the packaged zip, unpacked, and a folder that looks like that of Kafka. */
final class ToolScript {
    private final Path folder;
    private final Path script;
    private final Path kafka;

    /** @param folder an empty one */
    ToolScript(Path folder) throws IOException {
        this(folder, ProcessClassPath.ofKafka());
    }

    /** @param libraries the class path of Kafka */
    ToolScript(Path folder, String libraries) throws IOException {
        this.folder = folder;
        ProcessFiles.unzip(Path.of(System.getProperty("jetsink.zip")), folder);
        String top = "jetsink-kafka-connect-nats-jetstream-" + System.getProperty("jetsink.version");
        script = folder.resolve(top).resolve("bin/jetsink");
        // Java's unpacking keeps no modes; PackagingIT looks at that of the zip.
        if (!script.toFile().setExecutable(true)) {
            throw new IOException(script + " cannot be made executable");
        }
        kafka = folder.resolve("kafka");
        Path libs = Files.createDirectories(kafka.resolve("libs"));
        for (Path jar : Arrays.stream(libraries.split(File.pathSeparator))
                .map(Path::of)
                .distinct()
                .toList()) {
            Files.createSymbolicLink(libs.resolve(jar.getFileName()), jar);
        }
    }

    Path path() {
        return script;
    }

    /** The folder of Kafka. */
    Path kafka() {
        return kafka;
    }

    /** Runs the script with Kafka and Java. */
    ToolRun run(String... arguments) throws IOException, InterruptedException {
        return run(Map.of(), script, arguments);
    }

    /**
     * Runs the script under another name.
     *
     * @param changes variables that are set, or removed if they are empty
     */
    ToolRun run(Map<String, String> changes, Path name, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(name.toString()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        Map<String, String> environment =
                new HashMap<>(Map.of("KAFKA_HOME", kafka.toString(), "JAVA_HOME", System.getProperty("java.home")));
        environment.putAll(changes);
        environment.forEach((variable, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(variable);
            } else {
                builder.environment().put(variable, value);
            }
        });
        Process process = builder.start();
        if (!process.waitFor(Duration.ofMinutes(10).toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command + " has not ended: " + Files.readString(err, UTF_8));
        }
        return new ToolRun(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }
}
