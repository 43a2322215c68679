package io.jetsink.tool;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.OutboundMessage;
import org.jspecify.annotations.Nullable;

/**
 * The outcome that a record would have in the connector: a message, or a reason why there is none.
 *
 * @param message the message that is published, or null
 * @param reason why the record is not published, or null
 */
record Outcome(
        Kind kind,
        @Nullable OutboundMessage message,
        @Nullable String reason) {
    enum Kind {
        /** A message is published. */
        PUBLISHED,
        /** A transform drops the record. */
        DROPPED,
        /** The connector skips the record, as it is configured to. */
        SKIPPED,
        /** Connect's error handling gets the record. */
        REJECTED,
        /** The task would try again, because a class of the user's is not ready. */
        RETRIED
    }

    static Outcome of(Kind kind, @Nullable String reason) {
        return new Outcome(kind, null, reason);
    }

    static Outcome published(OutboundMessage message) {
        return new Outcome(Kind.PUBLISHED, message, null);
    }

    /** Returns the code of the reason, if it has one. */
    @Nullable
    ErrorCode code() {
        return reason == null ? null : Finding.code(reason);
    }
}
