package io.jetsink.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.stream.StreamPosition;
import io.nats.client.impl.NatsMessage;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OpenLoopTest {
    @Test
    void aValueHasTheNumberAndTheScheduledTimeOfItsRecord() {
        byte[] value = OpenLoop.value(12_345_678, Instant.ofEpochSecond(1_800_000_000, 123_456_789));

        assertThat(value).hasSize(256);
        assertThat(OpenLoop.due(value)).isEqualTo(1_800_000_000_123_456_789L);
        assertThat(RunVerdict.position(new NatsMessage("subject", null, value)))
                .isEqualTo(new StreamPosition(0, 12_345_678));
    }
}
