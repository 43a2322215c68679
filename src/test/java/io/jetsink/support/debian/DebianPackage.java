package io.jetsink.support.debian;

import io.jetsink.support.process.SystemCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A signed package of the distribution, from a suite that need not be the machine's. The mirror and its keys are the
 * machine's; lists, state and cache are private, so that the system remains unchanged.
 *
 * @param name the name of the package
 * @param apt the machine's {@code /etc/apt}
 * @param osRelease the machine's {@code /etc/os-release}
 * @param suite the suite that has the package
 */
public record DebianPackage(String name, Path apt, Path osRelease, String suite) {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Set<String> ROLLING = Set.of("stable", "testing", "unstable", "sid", "devel");

    /** Returns the package in each suite that may have it: Debian's is known, Ubuntu has the newest in its development suite. */
    public static List<DebianPackage> inSuites(String name, String debianSuite) {
        var apt = Path.of("/etc/apt");
        var release = Path.of("/etc/os-release");
        return suites(release, debianSuite).stream()
                .map(suite -> new DebianPackage(name, apt, release, suite))
                .toList();
    }

    static List<String> suites(Path osRelease, String debianSuite) {
        return isUbuntu(osRelease) ? List.of("devel", codename(osRelease)) : List.of(debianSuite);
    }

    /** Names the package in an error. */
    public String title() {
        return "package " + name + " in " + suite;
    }

    /**
     * Downloads the package and unpacks it without installation.
     *
     * @param folder an empty folder
     * @return the folder, below {@code folder}, that contains {@code usr}
     * @throws IOException if this machine cannot get the package
     */
    public Path unpackInto(Path folder) throws IOException {
        var mirrors = mirrors();
        if (mirrors.isEmpty()) {
            throw new IOException("no archive of a Debian or Ubuntu in " + apt);
        }
        var failed = new ArrayList<String>();
        for (var mirror : mirrors) {
            var attempt = Files.createDirectory(folder.resolve("mirror" + failed.size()));
            try {
                return fetch(mirror, attempt);
            } catch (IOException e) {
                failed.add(mirror.uris() + ": " + e.getMessage());
            }
        }
        throw new IOException(String.join("; ", failed));
    }

    private Path fetch(AptSource mirror, Path folder) throws IOException {
        var sources = Files.writeString(
                folder.resolve("private.sources"),
                mirror.stanza(suite, isUbuntu(osRelease) ? "main universe" : "main"));
        Files.createDirectories(folder.resolve("lists/partial"));
        Files.createDirectories(folder.resolve("cache/archives/partial"));
        run(folder, aptGet(folder, sources, "update"));
        run(folder, aptGet(folder, sources, "download", name));
        try (var packages = Files.newDirectoryStream(folder, "*.deb")) {
            for (var file : packages) {
                run(
                        folder,
                        List.of(
                                "dpkg-deb",
                                "-x",
                                file.toString(),
                                folder.resolve("x").toString()));
            }
        }
        return folder.resolve("x");
    }

    private static List<String> aptGet(Path folder, Path sources, String... command) {
        var line = new ArrayList<>(List.of("apt-get", "-q"));
        for (var option : List.of(
                "Dir::Etc::sourcelist=" + sources,
                "Dir::Etc::sourceparts=/dev/null",
                "Dir::State::lists=" + folder.resolve("lists"),
                "Dir::Cache=" + folder.resolve("cache"),
                // The folder is ours alone, so apt's own unprivileged user could not write into it.
                "APT::Sandbox::User=root",
                "APT::Update::Error-Mode=any",
                "Acquire::Languages=none",
                "Acquire::Retries=1",
                "Acquire::http::Timeout=10",
                "Acquire::https::Timeout=10")) {
            line.addAll(List.of("-o", option));
        }
        line.addAll(Arrays.asList(command));
        return line;
    }

    private static void run(Path folder, List<String> command) throws IOException {
        SystemCommand.runIn(folder, PATIENCE, command);
    }

    /** The archives this machine installs its own system from. */
    List<AptSource> mirrors() throws IOException {
        var mine = codename(osRelease);
        return AptSource.readAll(apt).stream()
                .filter(source -> source.components().contains("main"))
                .filter(source -> source.suites().stream().anyMatch(s -> s.equals(mine) || ROLLING.contains(s)))
                .distinct()
                .toList();
    }

    private static boolean isUbuntu(Path osRelease) {
        return (value(osRelease, "ID") + " " + value(osRelease, "ID_LIKE")).contains("ubuntu");
    }

    private static String codename(Path osRelease) {
        return value(osRelease, "VERSION_CODENAME");
    }

    private static String value(Path osRelease, String key) {
        try (var lines = Files.lines(osRelease)) {
            return lines.filter(line -> line.startsWith(key + "="))
                    .map(line -> line.substring(key.length() + 1).replace("\"", ""))
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            // No such file: neither Debian nor Ubuntu, which the search for an archive then says.
            return "";
        }
    }
}
