package io.jetsink.support;

import com.example.jetsink.RegionSubjects;
import io.jetsink.support.process.ClassesJar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Packs the classes of {@code com.example.jetsink} as a user does, for the connector's own folder in {@code plugin.path}. */
public final class ExamplePlugin {
    private ExamplePlugin() {}

    /** @param folder where to put the archive */
    public static Path pack(Path folder) throws IOException {
        return ClassesJar.beside(folder, "lib/example.jar", ClassesJar.of(RegionSubjects.class, Map.of()));
    }
}
