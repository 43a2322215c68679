package io.jetsink.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The limits of the format; PluginImageIT unpacks archives with another program. */
final class TarArchiveTest {
    private final TarArchive archive = new TarArchive(Instant.EPOCH);

    @Test
    void aLongNameIsRefused() {
        archive.file("n".repeat(100), 0644, new byte[0]);
        archive.file("f".repeat(155) + "/" + "n".repeat(100), 0644, new byte[0]);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> archive.file("n".repeat(101), 0644, new byte[0]))
                .withMessage("A tar archive cannot have a file with this name: " + "n".repeat(101));
        assertThatIllegalArgumentException().isThrownBy(() -> archive.file("f".repeat(156) + "/n", 0644, new byte[0]));
    }

    @Test
    void contentsFillWholeBlocks() {
        archive.file("none", 0644, new byte[0]);
        archive.file("one", 0644, new byte[512]);
        archive.file("two", 0644, new byte[513]);

        assertThat(archive.toBytes()).hasSize(512 * (1 + 2 + 3 + 2));
    }
}
