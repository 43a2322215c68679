package io.jetsink.nats.stream;

import io.jetsink.message.ErrorCode;

/**
 * A stream without a flag that an update can switch off and on: {@code allow_batched}, {@code allow_atomic} or
 * {@code allow_rollup_hdrs}. A task that has published waits for the flag (ADR 0037).
 */
public final class MissingFlagException extends MisconfiguredException {
    private static final long serialVersionUID = 1L;

    public MissingFlagException(String message) {
        super(ErrorCode.STREAM_UNSUITABLE, message);
    }
}
