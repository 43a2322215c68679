package io.jetsink.publish.once;

import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.publish.UnrecoverableException;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.util.Locale;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class OffsetMarkerTest {
    private static final OffsetMarker MARKER =
            new OffsetMarker(7, 41, 1_700_000_000_000L, TimestampType.LOG_APPEND_TIME, "owner", "batch");

    @Test
    void readsWhatItWrites() throws Exception {
        assertThat(OffsetMarker.read(answer(7, MARKER.headers(6, true)))).isEqualTo(MARKER);
    }

    /** The format is part of src/docs/versioning.md: change this test only together with a release that reads both. */
    @Test
    void readsAndWritesTheFormatOfTheFirstRelease() throws Exception {
        Headers released = new Headers()
                .put("Nats-Rollup", "sub")
                .put("Nats-Expected-Last-Subject-Sequence", "6")
                .put("Jetsink-Marker", "1")
                .put("Jetsink-Offset", "41")
                .put("Jetsink-Timestamp", "1700000000000")
                .put("Jetsink-Timestamp-Type", "LogAppendTime")
                .put("Jetsink-Owner", "owner")
                .put("Jetsink-Batch", "batch")
                .put("Nats-TTL", "never");

        assertThat(OffsetMarker.read(answer(7, released))).isEqualTo(MARKER);
        assertThat(MARKER.headers(6, true)).isEqualTo(released);
    }

    @Test
    void readsHeadersInAnyCase() throws Exception {
        Headers lower = new Headers();
        Headers headers = MARKER.headers(6, false);
        headers.keySet().forEach(name -> lower.put(name.toLowerCase(Locale.ROOT), headers.get(name)));

        assertThat(OffsetMarker.read(answer(7, lower))).isEqualTo(MARKER);
    }

    @Test
    void readsTheMarkerOfAPartitionWithoutRecords() throws Exception {
        OffsetMarker first =
                new OffsetMarker(1, OffsetMarker.NONE, OffsetMarker.NONE, TimestampType.NO_TIMESTAMP_TYPE, "owner", "");

        assertThat(OffsetMarker.read(answer(1, first.headers(0, false)))).isEqualTo(first);
    }

    @Test
    void replacesOnlyTheMarkerThatIsExpected() {
        Headers headers = MARKER.headers(6, false);

        assertThat(headers.getFirst("Nats-Rollup")).isEqualTo("sub");
        assertThat(headers.getFirst("Nats-Expected-Last-Subject-Sequence")).isEqualTo("6");
        assertThat(headers.containsKey("Nats-TTL")).isFalse();
        assertThat(MARKER.headers(6, true).getFirst("Nats-TTL")).isEqualTo("never");
    }

    @Test
    void isAbsentWhereThereIsNoMessage() throws Exception {
        assertThat(OffsetMarker.read(AtomicStream.answer(AtomicStream.error(10037, "no message found")))
                        .isAbsent())
                .isTrue();
    }

    @Test
    void isNotAbsentWhenTheServerReportsAnError() {
        Message unavailable = AtomicStream.answer(AtomicStream.error(10008, "unavailable"));
        assertThrown(JetStreamErrorException.class, () -> OffsetMarker.read(unavailable), "10008");
        assertThrown(IOException.class, () -> OffsetMarker.read(AtomicStream.answer("503")));
    }

    @Test
    void refusesAMessageWithoutHeaders() {
        Message bare = AtomicStream.answer("{\"message\":{\"subject\":\"m.x\",\"seq\":3}}");
        assertThrown(UnrecoverableException.class, () -> OffsetMarker.read(bare), "m.x");
    }

    private static Message answer(long sequence, Headers headers) {
        return AtomicStream.answer(new AtomicStream.Stored(sequence, "m", headers, new byte[0]));
    }
}
