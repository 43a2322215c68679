package io.jetsink.nats;

import io.jetsink.message.ErrorCode;
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

/** Warns, once for each path, of files with secrets that every user of the machine can read. Not thread-safe. */
final class WorldReadableFiles {
    private static final Logger LOG = LoggerFactory.getLogger(WorldReadableFiles.class);

    private final String name;
    private final Set<String> warned = new HashSet<>();

    /** @param name name of the connection in the log */
    WorldReadableFiles(String name) {
        this.name = name;
    }

    /** @param path the value of {@code key}, null if it is not set */
    void check(@Nullable String path, String key) {
        if (path != null && isWorldReadable(path) && warned.add(path)) {
            LOG.warn(
                    "{} {}: every user of this machine can read the file of {}, {}: remove that permission (chmod o-r)",
                    ErrorCode.READABLE_SECRET,
                    name,
                    key,
                    path);
        }
    }

    private static boolean isWorldReadable(String path) {
        try {
            return Files.getPosixFilePermissions(Path.of(path)).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | InvalidPathException | UnsupportedOperationException unknown) {
            // An unreadable file is reported when it is read. Without POSIX there is no such permission.
            return false;
        }
    }
}
