package io.jetsink.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the files that a configuration names. Only regular files are opened: a FIFO or a device could block forever. */
final class RegularFile {
    private static final int MAX_STORE = 16 * 1024 * 1024;

    private RegularFile() {}

    /**
     * A file that was read.
     *
     * @param problem completes "&lt;key&gt; …" with why the file was not read, without its path; null: it was read
     * @param bytes empty if there is a problem
     */
    record Content(@Nullable String problem, byte[] bytes) {}

    /** A keystore or truststore of any content. */
    static ValueRule rule() {
        return new ValueRule(
                "the path of a readable file of at most " + MAX_STORE + " bytes",
                value -> store((String) value).problem());
    }

    static Content store(String path) {
        return read(path, MAX_STORE);
    }

    static Content read(String path, int maxLength) {
        Path file;
        try {
            file = Path.of(path);
        } catch (InvalidPathException e) {
            return refused("is not a path");
        }
        if (path.isBlank() || !Files.exists(file)) {
            return refused(
                    "names a file that does not exist on this worker, or that the worker has no permission to see");
        }
        if (!Files.isRegularFile(file)) {
            return refused("does not name a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(maxLength + 1);
            return bytes.length > maxLength
                    ? refused("names a file of more than " + maxLength + " bytes")
                    : new Content(null, bytes);
        } catch (IOException e) {
            // The message of the exception holds the path, which can be a secret that was pasted at the wrong key.
            return refused(
                    "names a file that this worker cannot read (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static Content refused(String problem) {
        return new Content(problem, new byte[0]);
    }
}
