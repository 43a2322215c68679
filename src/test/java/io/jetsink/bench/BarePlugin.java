package io.jetsink.bench;

import io.jetsink.bench.bare.BareAtomicSink;
import io.jetsink.bench.bare.BareBatchSink;
import io.jetsink.bench.bare.BareFastSink;
import io.jetsink.bench.bare.BareNothingSink;
import io.jetsink.bench.bare.BarePipelinedSink;
import io.jetsink.support.process.ClassesJar;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipOutputStream;
import org.apache.kafka.connect.sink.SinkConnector;

/** Packs the bare sinks of this class path into an archive for {@code plugin.path}. */
final class BarePlugin {
    private static final String TOP = "bare-sinks/";
    private static final List<Class<? extends SinkConnector>> SINKS = List.of(
            BareAtomicSink.class,
            BareBatchSink.class,
            BareFastSink.class,
            BareNothingSink.class,
            BarePipelinedSink.class);
    private static final List<String> LIBRARIES = List.of("jnats-", "jspecify-");

    private BarePlugin() {}

    static Path pack(Path folder) throws IOException {
        Path zip = Files.createDirectories(folder).resolve("bare-sinks.zip");
        try (OutputStream file = Files.newOutputStream(zip);
                ZipOutputStream plugin = new ZipOutputStream(file)) {
            ClassesJar.add(plugin, TOP + "bare-sinks.jar", jar());
            for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
                Path library = Path.of(entry);
                String name = String.valueOf(library.getFileName());
                if (LIBRARIES.stream().anyMatch(name::startsWith)) {
                    ClassesJar.add(plugin, TOP + name, Files.readAllBytes(library));
                }
            }
        }
        return zip;
    }

    private static byte[] jar() throws IOException {
        String connectors = SINKS.stream().map(Class::getName).collect(Collectors.joining("\n"));
        return ClassesJar.of(
                BareFastSink.class, Map.of("META-INF/services/" + SinkConnector.class.getName(), connectors));
    }
}
