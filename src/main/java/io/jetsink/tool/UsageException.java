package io.jetsink.tool;

/** A command line or a file that the command cannot use. The command ends with status 2. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
