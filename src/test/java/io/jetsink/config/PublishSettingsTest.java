package io.jetsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishSettingsTest {

    @ParameterizedTest
    @ValueSource(strings = {"fast", "async", "sync"})
    void exactlyOnceHasAModeOfItsOwn(String mode) {
        assertThat(Props.errors("delivery.guarantee", "Exactly-Once", "publish.mode", mode))
                .containsExactly(Map.entry(
                        "publish.mode",
                        "publish.mode must be auto, or left out, with delivery.guarantee=exactly-once, which always"
                                + " publishes atomic batches"));
        assertThat(Props.errors("delivery.guarantee", "at-least-once", "publish.mode", mode))
                .isEmpty();
    }

    @Test
    void exactlyOnceTakesAuto() {
        assertThat(Props.errors("delivery.guarantee", "exactly-once", "publish.mode", "Auto"))
                .isEmpty();
        assertThat(Props.errors("delivery.guarantee", "exactly-once")).isEmpty();
    }

    @Test
    void saysNothingAboutAModeWhereTheGuaranteeIsWrong() {
        assertThat(Props.errors("delivery.guarantee", "once", "publish.mode", "fast"))
                .containsOnlyKeys("delivery.guarantee");
    }

    @Test
    void tellsExactlyOnceFromAnythingElse() {
        assertThat(PublishSettings.isExactlyOnce(Map.of("delivery.guarantee", " EXACTLY-once ")))
                .isTrue();
        assertThat(PublishSettings.isExactlyOnce(Map.of("delivery.guarantee", "at-least-once")))
                .isFalse();
        assertThat(PublishSettings.isExactlyOnce(Map.of())).isFalse();
    }

    @Test
    void takesAMarkerPrefixWithAndWithoutADot() {
        for (String prefix : new String[] {"offsets.prod", "offsets.prod."}) {
            assertThat(SinkConfig.parse(Props.with("exactly.once.marker.prefix", prefix))
                            .exactlyOnce()
                            .markerPrefix())
                    .isEqualTo("offsets.prod");
        }
    }
}
