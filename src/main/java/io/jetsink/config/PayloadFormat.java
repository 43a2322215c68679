package io.jetsink.config;

/** The built-in payload encoders ({@code payload.encoder}). */
public enum PayloadFormat {
    /** Bytes and strings as they are, everything with structure as JSON. */
    AUTO,
    /** Bytes and strings as they are, everything else is refused. */
    RAW,
    /** Everything as JSON. */
    JSON
}
