package io.jetsink.support;

import com.example.jetsink.RegionSubjects;
import io.jetsink.support.process.ClassesJar;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
            ClassesJar.add(archive, top + "/lib/example.jar", ClassesJar.of(RegionSubjects.class, Map.of()));
        }
        return zip;
    }
}
