package io.jetsink.bench;

import io.jetsink.bench.bare.BareBatchSink;
import io.jetsink.bench.bare.BareFastSink;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.kafka.connect.sink.SinkConnector;

/** Packs the bare sinks of this class path into an archive for {@code plugin.path}. */
final class BarePlugin {
    private static final String TOP = "bare-sinks/";
    private static final List<String> LIBRARIES = List.of("jnats-", "jspecify-");

    private BarePlugin() {}

    static Path pack(Path folder) throws IOException {
        Path zip = Files.createDirectories(folder).resolve("bare-sinks.zip");
        try (OutputStream file = Files.newOutputStream(zip);
                ZipOutputStream plugin = new ZipOutputStream(file)) {
            add(plugin, TOP + "bare-sinks.jar", jar());
            for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
                Path library = Path.of(entry);
                String name = String.valueOf(library.getFileName());
                if (LIBRARIES.stream().anyMatch(name::startsWith)) {
                    add(plugin, TOP + name, Files.readAllBytes(library));
                }
            }
        }
        return zip;
    }

    private static byte[] jar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Path classes = classes();
        Path own = classes.resolve(BareFastSink.class.getPackageName().replace('.', '/'));
        try (ZipOutputStream jar = new ZipOutputStream(bytes);
                Stream<Path> files = Files.list(own)) {
            for (Path file : files.toList()) {
                add(
                        jar,
                        classes.relativize(file).toString().replace(File.separatorChar, '/'),
                        Files.readAllBytes(file));
            }
            String connectors = String.join("\n", BareFastSink.class.getName(), BareBatchSink.class.getName(), "");
            add(jar, "META-INF/services/" + SinkConnector.class.getName(), connectors.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static Path classes() {
        try {
            return Path.of(BareFastSink.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the class path is no path", e);
        }
    }

    private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }
}
