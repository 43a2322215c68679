package io.jetsink.message;

import org.apache.kafka.connect.errors.DataException;

/**
 * This record can never be stored as it is, whatever the state of the target. The message says why and what to change,
 * without record content. It carries no stack trace: it is a verdict on data, made for a dead letter queue's headers.
 */
public final class RejectedRecordException extends DataException {
    private static final long serialVersionUID = 1L;

    public RejectedRecordException(String message) {
        super(message);
    }

    public RejectedRecordException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
