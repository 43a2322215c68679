package io.jetsink.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.jetsink.support.process.SystemCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Builds the release twice with Maven: in two folders, with other locales, time zones and file modes, from a repository and
 * from a plain folder. Requires git and gpg.
 */
@Tag("matrix")
final class ReproducibleBuildIT {
    private static final Path BASE = Path.of(System.getProperty("jetsink.basedir"));
    private static final Duration QUICK = Duration.ofMinutes(1);
    private static final Duration BUILD = Duration.ofMinutes(30);

    @TempDir
    private Path folder;

    @Test
    void twoBuildsHaveTheSameBytes() throws IOException {
        String key = createKey();
        Path first = copySources("first", "022");
        Path second = copySources("a second one", "027");
        String commit = commit(first);

        build(first, "umask 022; export TZ=UTC", "-Duser.language=en -Duser.country=US", "-Dgpg.keyname=" + key);
        build(
                second,
                "umask 077; export TZ=Pacific/Auckland",
                "-Duser.language=tr -Duser.country=TR",
                "-Dsource.commit=" + commit);

        List<String> files = names(second);
        assertThat(files).hasSize(10);
        assertThat(files)
                .allSatisfy(name -> assertThat(release(first).resolve(name))
                        .hasSameBinaryContentAs(release(second).resolve(name)));
        assertThat(names(first))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(files.stream(), files.stream().map(name -> name + ".asc"))
                                .toList());
        for (String name : files) {
            Path signed = release(first).resolve(name);
            gpg("--verify", signed + ".asc", signed.toString());
        }
        assertThatIOException()
                .isThrownBy(() -> gpg(
                        "--verify",
                        release(first).resolve("SHA256SUMS.asc").toString(),
                        release(first).resolve("SHA512SUMS").toString()));
        SystemCommand.run(QUICK, "gpgconf", "--homedir", home().toString(), "--kill", "gpg-agent");
    }

    @Test
    void aChangedTreeHasNoCommit() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree/inner"));
        Files.writeString(tree.resolve("file"), "1");
        String commit = commit(tree.getParent());

        assertThat(SourceCommit.of(tree.getParent())).isEqualTo(commit);
        assertThatIOException()
                .isThrownBy(() -> SourceCommit.of(tree))
                .withMessage(tree + " is not the root of a git repository");
        Files.writeString(tree.resolve("file"), "2");
        assertThatIOException()
                .isThrownBy(() -> SourceCommit.of(tree.getParent()))
                .withMessageContaining("differs from commit " + commit)
                .withMessageContaining("inner/file");
    }

    private void build(Path tree, String environment, String options, String release) throws IOException {
        // An error shows the last line, so the end of Maven's output becomes one.
        String maven = "export GNUPGHOME='" + home() + "' MAVEN_OPTS='" + options + "'; " + environment
                + "; mvn -B -q -Prelease package " + release + " </dev/null >../maven.log 2>&1"
                + " || { tail -n 40 ../maven.log | tr '\\n' '|'; exit 1; }";
        SystemCommand.runIn(tree, BUILD, List.of("sh", "-c", maven));
    }

    /** Copies the tracked files as they are now, with the modes of a umask. */
    private Path copySources(String name, String umask) throws IOException {
        Path tree = Files.createDirectory(folder.resolve(name));
        String copy = "umask " + umask + "; git ls-files -z | xargs -0 tar -cf - | tar --no-same-permissions -xf - -C '"
                + tree + "'";
        SystemCommand.runIn(BASE, QUICK, List.of("sh", "-c", copy));
        return tree;
    }

    private static String commit(Path tree) throws IOException {
        SystemCommand.runIn(tree, QUICK, List.of("git", "init", "-q"));
        SystemCommand.runIn(tree, QUICK, List.of("git", "add", "-A"));
        SystemCommand.runIn(
                tree,
                QUICK,
                List.of(
                        "git",
                        "-c",
                        "user.name=Test",
                        "-c",
                        "user.email=test@example.com",
                        "commit",
                        "-q",
                        "-m",
                        "All"));
        return SystemCommand.runIn(tree, QUICK, List.of("git", "rev-parse", "HEAD"));
    }

    private String createKey() throws IOException {
        Files.createDirectory(home());
        String name = "release@example.com";
        gpg(
                "--quiet",
                "--pinentry-mode",
                "loopback",
                "--passphrase",
                "",
                "--quick-generate-key",
                name,
                "ed25519",
                "sign");
        return name;
    }

    private void gpg(String... words) throws IOException {
        SystemCommand.runIn(
                folder,
                QUICK,
                Stream.concat(Stream.of("gpg", "--homedir", home().toString(), "--batch"), Stream.of(words))
                        .toList());
    }

    private Path home() {
        return folder.resolve("keys");
    }

    private static List<String> names(Path tree) throws IOException {
        try (Stream<Path> files = Files.list(release(tree))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static Path release(Path tree) {
        return tree.resolve("target/release");
    }
}
