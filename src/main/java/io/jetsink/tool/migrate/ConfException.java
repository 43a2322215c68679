package io.jetsink.tool.migrate;

/** A configuration file that cannot be read. The message has place and cause, and no values of the file. */
public final class ConfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ConfException(String message) {
        super(message);
    }
}
