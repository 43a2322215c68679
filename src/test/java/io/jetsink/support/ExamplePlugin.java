package io.jetsink.support;

import com.example.jetsink.RegionSubjects;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Packs the classes of {@code com.example.jetsink} as a user does, for the connector's own folder in {@code plugin.path}. */
public final class ExamplePlugin {
    private ExamplePlugin() {}

    /**
     * An archive that adds the jar to the folder that the connector's own archive was unpacked to.
     *
     * @param folder where to put the archive
     */
    public static Path pack(Path folder) throws IOException {
        String connector =
                Path.of(System.getProperty("jetsink.zip")).getFileName().toString();
        String top = connector.substring(0, connector.length() - ".zip".length());
        Path zip = folder.resolve("example.zip");
        try (OutputStream file = Files.newOutputStream(zip);
                ZipOutputStream archive = new ZipOutputStream(file)) {
            add(archive, top + "/lib/example.jar", jar());
        }
        return zip;
    }

    private static byte[] jar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String name = RegionSubjects.class.getPackageName().replace('.', '/');
        try (ZipOutputStream jar = new ZipOutputStream(bytes);
                Stream<Path> files = Files.list(classes().resolve(name))) {
            for (Path file : files.toList()) {
                add(jar, name + "/" + file.getFileName(), Files.readAllBytes(file));
            }
        }
        return bytes.toByteArray();
    }

    private static Path classes() {
        try {
            return Path.of(RegionSubjects.class
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
