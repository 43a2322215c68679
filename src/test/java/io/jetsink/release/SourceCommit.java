package io.jetsink.release;

import io.jetsink.support.process.SystemCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Finds the commit of a source tree. */
final class SourceCommit {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private SourceCommit() {}

    /**
     * Returns the hash of the commit that the files of a folder are equal to.
     *
     * @throws IOException if the folder is not the root of a repository, or has other files than the commit
     */
    static String of(Path folder) throws IOException {
        // The prefix is empty in the root. A folder inside of another project's repository is no commit of ours.
        String found = git(folder, "rev-parse", "--show-prefix", "HEAD");
        if (!found.matches("[0-9a-f]{40,64}")) {
            throw new IOException(folder + " is not the root of a git repository");
        }
        String changed = git(folder, "status", "--porcelain");
        if (!changed.isEmpty()) {
            throw new IOException(folder + " differs from commit " + found + ":\n" + changed);
        }
        return found;
    }

    private static String git(Path folder, String... words) throws IOException {
        return SystemCommand.runIn(
                folder,
                PATIENCE,
                Stream.concat(Stream.of("git"), List.of(words).stream()).toList());
    }
}
