package io.jetsink.publish;

import java.io.IOException;

/**
 * A failure that counts as an outage, whatever its cause is: the error codes of the cause concern another message than a
 * record's, such as an offset marker or the chunk of an object.
 */
public final class OutageException extends IOException {
    private static final long serialVersionUID = 1L;

    public OutageException(String message, Throwable cause) {
        super(message, cause);
    }
}
