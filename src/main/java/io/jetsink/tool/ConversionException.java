package io.jetsink.tool;

/** A converter or transform has failed for a record, which Connect then rejects. */
final class ConversionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param key of the part that failed */
    ConversionException(String key, RuntimeException cause) {
        super(key + " failed", cause);
    }
}
