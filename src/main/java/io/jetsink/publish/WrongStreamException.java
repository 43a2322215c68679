package io.jetsink.publish;

/** Another stream than the configured one acked, so something else listens on the subject: a mistake, unless it passes. */
final class WrongStreamException extends MistakeException {
    private static final long serialVersionUID = 1L;

    WrongStreamException(String expected, String actual) {
        super("the message was stored in stream '" + actual + "' and not in '" + expected
                + "': change jetstream.stream or subject, or the subjects of these streams");
    }
}
