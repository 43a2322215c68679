package io.jetsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigReferenceTest {
    private static final Path FILE = Path.of("config", "REFERENCE.md");

    @Test
    void committedReferenceIsThatOfTheKeys() throws IOException {
        String reference = ConfigReference.render(SinkConfig.definition());
        if (System.getProperty("reference.write") != null) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, reference);
        }

        assertThat(Files.readString(FILE))
                .as("write it with: mvn -q test -Dtest=ConfigReferenceTest -Dreference.write")
                .isEqualTo(reference);
    }

    @Test
    void namesEveryKey() {
        assertThat(ConfigReference.render(SinkConfig.definition()))
                .contains(SinkConfig.definition().names().stream()
                        .map(name -> "### `" + name + "`\n")
                        .toList());
    }
}
