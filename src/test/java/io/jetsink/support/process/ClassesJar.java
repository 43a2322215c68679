package io.jetsink.support.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Classes of the tests as users' jars and archives. */
public final class ClassesJar {
    private ClassesJar() {}

    /**
     * A jar with all classes of one package.
     *
     * @param one of them
     * @param more text files, by their names in the jar
     */
    public static byte[] of(Class<?> one, Map<String, String> more) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String folder = one.getPackageName().replace('.', '/');
        try (ZipOutputStream jar = new ZipOutputStream(bytes);
                Stream<Path> files = Files.list(classes(one).resolve(folder))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                add(jar, folder + "/" + file.getFileName(), Files.readAllBytes(file));
            }
            for (Map.Entry<String, String> text : more.entrySet()) {
                add(jar, text.getKey(), text.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    /**
     * An archive that adds a file to the folder that the connector's own archive was unpacked to.
     *
     * @param folder where to put the archive
     * @param name of the file, in the connector's folder
     */
    public static Path beside(Path folder, String name, byte[] content) throws IOException {
        Path connector = Path.of(System.getProperty("jetsink.zip")).getFileName();
        Path zip = Files.createTempFile(folder, "beside", ".zip");
        try (ZipOutputStream archive = new ZipOutputStream(Files.newOutputStream(zip))) {
            add(archive, connector.toString().replace(".zip", "/") + name, content);
        }
        return zip;
    }

    /** Adds a file to an archive. */
    public static void add(ZipOutputStream archive, String name, byte[] content) throws IOException {
        archive.putNextEntry(new ZipEntry(name));
        archive.write(content);
        archive.closeEntry();
    }

    private static Path classes(Class<?> one) {
        try {
            return Path.of(
                    one.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the class path is no path", e);
        }
    }
}
