package io.jetsink.message;

import org.apache.kafka.connect.errors.DataException;

/**
 * Rejects a record that can never be stored as it is, whatever the state of the target. The message names the reason and the
 * key to change, and contains no data of the record. The exception has no stack trace: it describes data, for the headers of
 * a dead letter queue.
 */
public final class RejectedRecordException extends DataException implements Coded {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public RejectedRecordException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public RejectedRecordException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    @Override
    public ErrorCode code() {
        return code;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
