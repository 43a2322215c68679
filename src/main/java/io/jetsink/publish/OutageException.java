package io.jetsink.publish;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;

/**
 * A failure that counts as an outage, whatever its cause is: the error codes of the cause concern another message than a
 * record's, such as an offset marker or the chunk of an object.
 */
public final class OutageException extends CodedException {
    private static final long serialVersionUID = 1L;

    public OutageException(ErrorCode code, String message, Throwable cause) {
        super(code, message, cause);
    }
}
