package io.jetsink.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jetsink.config.AuthSettings;
import io.jetsink.nats.ConnectFailedException.Reason;
import io.nats.client.NKey;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
    @TempDir
    private Path folder;

    @Test
    void aMissingFileIsNamed() {
        assertRefused(Settings.credentialsFile("/no/such.creds"), "no regular file at /no/such.creds");
    }

    @Test
    void aFolderIsNoFile() {
        assertRefused(Settings.credentialsFile(folder.toString()), "no regular file at " + folder);
    }

    @Test
    void aPathThatIsNoneIsRefused() {
        assertRefused(Settings.credentialsFile("a\0b"), "cannot be read");
    }

    @Test
    void aFileWithoutBoundIsNotReadToItsEnd() throws Exception {
        var file = Files.write(folder.resolve("huge"), new byte[64 * 1024 + 1]);

        assertRefused(Settings.credentialsFile(file.toString()), "over 64 KiB");
    }

    @Test
    void aFileWithoutASeedIsRefused() throws Exception {
        var file = Files.writeString(folder.resolve("empty.creds"), "");

        assertRefused(Settings.credentialsFile(file.toString()), "nats.auth.credentials.file holds no valid nkey seed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "SUANOSEEDATALL", "SUAnoseed~with+odd/characters=", "\u00e4\u4e16"})
    void whatIsNoSeedIsRefusedWithoutShowingIt(String noSeed) {
        var thrown = assertRefused(Settings.seed(noSeed, null), "nats.auth.nkey.seed holds no valid nkey seed");

        assertThat(thrown).hasNoCause();
    }

    @Test
    void aSeedWithATypingErrorIsRefused() throws Exception {
        var seed = NKey.createUser(null).getSeed();
        seed[20] = seed[20] == 'A' ? 'B' : 'A';

        assertRefused(Settings.seed(new String(seed), null), "nats.auth.nkey.seed holds no valid nkey seed");
    }

    private static Throwable assertRefused(AuthSettings settings, String message) {
        var thrown = catchThrowable(() -> Credentials.read(settings));
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        ConnectFailedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.SETTINGS))
                .hasMessageContaining(message);
        return thrown;
    }
}
