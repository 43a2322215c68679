package io.jetsink.translate;

import io.jetsink.config.MessageSettings;
import io.jetsink.config.MessageSettings.TombstonePolicy;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.nats.client.support.NatsJetStreamConstants;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Adds the time after which the stream removes a message ({@code Nats-TTL}; nats-server 2.11 and later, stream with
 * {@code allow_msg_ttl}): from a header of the record, or the same for all records.
 *
 * <p>Delete and purge markers of buckets have no TTL. When a marker expires, the previous value of the key returns from the
 * history of the bucket or, after a crash of the server, from its files (nats-server issue 8505).
 *
 * <p>Used by one thread.
 */
final class MessageTtl implements BiConsumer<SinkRecord, HeaderBlock> {
    private static final String NEVER = "never";
    /** The minimum of the server. */
    private static final long MIN_MILLIS = 1_000;

    /** The server adds the TTL to a time in nanoseconds, which 236 years would overflow. */
    private static final long MAX_MILLIS = Duration.ofDays(100 * 365).toMillis();

    private static final int MAX_DIGITS = Long.toString(MAX_MILLIS).length();

    private final @Nullable String common;
    private final @Nullable String header;
    private final boolean markersStay;
    private final ValueText text = new ValueText("The header of the TTL", MessageSettings.TTL_HEADER_CONFIG);

    MessageTtl(MessageSettings settings) {
        Duration ttl = settings.ttl();
        this.common = ttl == null ? null : seconds(ttl.toMillis());
        this.header = settings.ttlHeader();
        this.markersStay =
                settings.tombstones() == TombstonePolicy.DELETE || settings.tombstones() == TombstonePolicy.PURGE;
    }

    @Override
    public void accept(SinkRecord record, HeaderBlock headers) {
        String ttl = markersStay && record.value() == null ? null : ttl(record);
        if (ttl != null) {
            headers.command(NatsJetStreamConstants.MSG_TTL_HDR, ttl);
        }
    }

    private @Nullable String ttl(SinkRecord record) {
        if (header == null || record.headers().isEmpty()) {
            return common;
        }
        @Nullable Header own = record.headers().lastWithName(header);
        return own == null ? common : parse(text.of(own.schema(), own.value()));
    }

    private String parse(String own) {
        if (own.equals(NEVER)) {
            return NEVER;
        }
        long millis = isNumber(own) ? Long.parseLong(own) : -1;
        if (millis < MIN_MILLIS || millis > MAX_MILLIS) {
            throw new RejectedRecordException(
                    ErrorCode.ID_OR_TTL,
                    "The header " + header + " (message.ttl.header) is neither a whole number"
                            + " of milliseconds from " + MIN_MILLIS + " to " + MAX_MILLIS
                            + " nor never: correct it with a transform, or change message.ttl.header.");
        }
        return seconds(millis);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static String seconds(long millis) {
        return (millis + 999) / 1000 + "s";
    }
}
