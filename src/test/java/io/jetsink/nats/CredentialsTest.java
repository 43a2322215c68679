package io.jetsink.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.jetsink.config.AuthSettings;
import io.jetsink.nats.ConnectFailedException.Reason;
import io.jetsink.support.Logged;
import io.nats.client.NKey;
import io.nats.client.support.JwtUtils;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
    @TempDir
    private Path folder;

    @Test
    void aMissingFileIsNamed() {
        assertRefused(Settings.credentialsFile("/no/such.creds"), "/no/such.creds is not a regular file");
    }

    @Test
    void aFolderIsNoFile() {
        assertRefused(Settings.credentialsFile(folder.toString()), folder + " is not a regular file");
    }

    @Test
    void aPathThatIsNoneIsRefused() {
        assertRefused(Settings.credentialsFile("a\0b"), "cannot be read");
    }

    @Test
    void neitherAFifoNorADeviceIsOpened() throws Exception {
        var fifo = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();

        for (var path : List.of(fifo.toString(), "/dev/zero")) {
            assertTimeoutPreemptively(
                    Duration.ofSeconds(5),
                    () -> assertRefused(Settings.credentialsFile(path), path + " is not a regular file"));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {(64 << 10) + 1, 1L << 30})
    void aFileWithoutBoundIsNotReadToItsEnd(long length) throws Exception {
        var sparse = folder.resolve("sparse");
        try (var file = new RandomAccessFile(sparse.toFile(), "rw")) {
            file.setLength(length);
        }

        assertRefused(Settings.credentialsFile(sparse.toString()), "more than 64 KiB");
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        // Root may open it as well, and nobody can read its first byte.
        assertRefused(Settings.credentialsFile("/proc/self/mem"), "/proc/self/mem cannot be read");
    }

    @Test
    void aLinkIsFollowedAsSecretVolumesHaveThem() throws Exception {
        var seed = new String(NKey.createUser(null).getSeed());
        var file = Files.writeString(
                folder.resolve("user.creds"), String.format(JwtUtils.NATS_USER_JWT_FORMAT, "a.b.c", seed));
        var link = Files.createSymbolicLink(folder.resolve("link"), file);

        assertThat(Credentials.read(Settings.credentialsFile(link.toString()))).isNotNull();
        assertRefused(
                Settings.credentialsFile(Files.createSymbolicLink(folder.resolve("out"), Path.of("/dev/zero"))
                        .toString()),
                "is not a regular file");
    }

    @Test
    void aFileThatEverybodyCanReadIsToldOnce() throws Exception {
        var open = Files.createFile(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        var closed = Files.createFile(folder.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rw-r-----"));
        var exposed = new WorldReadableFiles("orders-0");
        try (var logged = Logged.begin()) {
            for (int connection = 0; connection < 3; connection++) {
                exposed.check(open.toString(), "nats.auth.credentials.file");
                exposed.check(closed.toString(), "nats.auth.credentials.file");
                exposed.check("/no/such/file", "nats.auth.credentials.file");
                exposed.check(null, "nats.ssl.keystore.location");
            }

            assertThat(logged.lines())
                    .singleElement()
                    .asString()
                    .contains("WARN [JS-1009] orders-0: every user of this machine can read")
                    .contains("nats.auth.credentials.file, " + open);
        }
    }

    @Test
    void aFileWithoutASeedIsRefused() throws Exception {
        var file = Files.writeString(folder.resolve("empty.creds"), "");

        assertRefused(
                Settings.credentialsFile(file.toString()), "nats.auth.credentials.file contains no valid nkey seed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "SUANOSEEDATALL", "SUAnoseed~with+odd/characters=", "\u00e4\u4e16"})
    void whatIsNoSeedIsRefusedWithoutShowingIt(String noSeed) {
        assertRefused(Settings.seed(noSeed, null), "nats.auth.nkey.seed contains no valid nkey seed")
                .hasNoCause();
    }

    @Test
    void aSeedWithATypingErrorIsRefused() throws Exception {
        var seed = NKey.createUser(null).getSeed();
        seed[20] = seed[20] == 'A' ? 'B' : 'A';

        assertRefused(Settings.seed(new String(seed), null), "nats.auth.nkey.seed contains no valid nkey seed");
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
            AuthSettings settings, String message) {
        return Settings.assertFails(Reason.SETTINGS, () -> Credentials.read(settings))
                .hasMessageContaining(message);
    }
}
