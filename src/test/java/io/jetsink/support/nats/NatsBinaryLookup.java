package io.jetsink.support.nats;

import io.jetsink.support.process.ProcessFiles;
import io.jetsink.support.process.SystemCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds one version of nats-server: given, cached, or fetched into the cache by the first route that works.
 *
 * @param version the wanted version
 * @param newerIsFine whether a later minor version will do
 * @param cache folder with one folder per version
 * @param routes tried in order where there is no cached copy
 */
record NatsBinaryLookup(String version, boolean newerIsFine, Path cache, List<NatsBinaryRoute> routes) {
    private static final Pattern REPORTED = Pattern.compile("nats-server: v?((\\d+)\\.(\\d+)\\.\\d+\\S*)");
    /** A file lock holds off other JVMs only. */
    private static final Object IN_THIS_JVM = new Object();

    Path find(@Nullable String given) {
        if (given != null) {
            var executable = Path.of(given);
            try {
                reportedVersion(executable);
                return executable;
            } catch (IOException e) {
                throw new IllegalStateException("NATS_SERVER=" + given + " does not run: " + e.getMessage(), e);
            }
        }
        try {
            var tried = new ArrayList<String>();
            tried.add("$NATS_SERVER: not set, or not asked for this version");
            var copy = cached(new ArrayList<>());
            return copy != null ? copy : fetch(tried);
        } catch (IOException e) {
            throw new UncheckedIOException("The nats-server cache " + cache + " cannot be used", e);
        }
    }

    private Path fetch(List<String> tried) throws IOException {
        Files.createDirectories(copy().getParent());
        synchronized (IN_THIS_JVM) {
            try (var channel = FileChannel.open(
                            cache.resolve(version + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var ignored = channel.lock()) {
                // Somebody else may have put it there while this one waited.
                var copy = cached(tried);
                return copy != null ? copy : fetchLocked(tried);
            }
        }
    }

    private Path fetchLocked(List<String> tried) throws IOException {
        for (var route : routes) {
            var folder = Files.createTempDirectory(cache, "fetch-");
            try {
                var fetched = route.fetchInto(folder);
                checkVersion(fetched);
                return Files.move(fetched, copy(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                tried.add(route.name() + ": " + e);
            } finally {
                ProcessFiles.delete(folder);
            }
        }
        throw new IllegalStateException("No nats-server " + version + " to be had on this machine:\n  "
                + String.join("\n  ", tried)
                + "\nSet NATS_SERVER to the path of a nats-server executable, or put one of this version at " + copy());
    }

    private @Nullable Path cached(List<String> tried) {
        try {
            checkVersion(copy());
            return copy();
        } catch (IOException e) {
            tried.add("cached copy: " + e.getMessage());
            return null;
        }
    }

    private Path copy() {
        return cache.resolve(version).resolve(NatsRelease.EXECUTABLE);
    }

    private void checkVersion(Path executable) throws IOException {
        var reported = REPORTED.matcher(reportedVersion(executable));
        var wanted = REPORTED.matcher("nats-server: v" + version);
        if (!reported.find() || !wanted.find()) {
            throw new IOException(executable + " does not say which version it is");
        }
        var major = Integer.compare(Integer.parseInt(reported.group(2)), Integer.parseInt(wanted.group(2)));
        var minor = Integer.compare(Integer.parseInt(reported.group(3)), Integer.parseInt(wanted.group(3)));
        if (major != 0 || minor < 0 || (minor > 0 && !newerIsFine)) {
            throw new IOException(executable + " is version " + reported.group(1) + ", not " + version);
        }
    }

    private static String reportedVersion(Path executable) throws IOException {
        if (!Files.isExecutable(executable)) {
            throw new IOException("no executable at " + executable);
        }
        return SystemCommand.run(Duration.ofSeconds(10), executable.toString(), "--version");
    }
}
