package io.jetsink.publish;

/** Another stream than the configured one acked, so something else listens on the subject: a definite mistake. */
final class WrongStreamException extends DefiniteException {
    private static final long serialVersionUID = 1L;

    WrongStreamException(String expected, String actual) {
        super("the message was stored in stream '" + actual + "' and not in '" + expected
                + "': change jetstream.stream or subject, or the subjects of these streams");
    }
}
