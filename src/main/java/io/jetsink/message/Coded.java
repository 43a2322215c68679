package io.jetsink.message;

/** A failure that has a code of the catalogue. Its message does not contain the code: {@link ErrorCode#text} adds it. */
public interface Coded {
    /** The code of the cause. */
    ErrorCode code();
}
