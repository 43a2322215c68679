package io.jetsink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class VersionTest {
    @Test
    void isTheVersionThatTheBuildHas() {
        assertThat(Version.current()).isEqualTo(System.getProperty("jetsink.version"));
    }

    @Test
    void saysWhichFileIsMissing() {
        assertThatThrownBy(() -> Version.read("/io/jetsink/absent.properties"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("/io/jetsink/absent.properties");
    }

    @Test
    void refusesAFileWithoutAVersion() {
        assertThatThrownBy(() -> Version.read("/io/jetsink/no-version.properties"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("names no version");
    }
}
