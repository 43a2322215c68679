package io.jetsink.nats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns, once for each path, of files with secrets that every user of the machine can read. Confined to one thread. */
final class WorldReadableFiles {
    private static final Logger LOG = LoggerFactory.getLogger(WorldReadableFiles.class);

    private final String name;
    private final Set<String> told = new HashSet<>();

    /** @param name of the connection, for the log */
    WorldReadableFiles(String name) {
        this.name = name;
    }

    /** @param path what is configured under {@code key}, null: nothing */
    void check(@Nullable String path, String key) {
        if (path != null && !told.contains(path) && isExposed(path)) {
            told.add(path);
            LOG.warn(
                    "{}: every user of this machine can read the file of {}, {}: take that permission away (chmod o-r)",
                    name,
                    key,
                    path);
        }
    }

    private static boolean isExposed(String path) {
        try {
            return Files.getPosixFilePermissions(Path.of(path)).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | InvalidPathException | UnsupportedOperationException unknown) {
            // Whoever reads the file says what is wrong with it; without POSIX there is no such permission.
            return false;
        }
    }
}
