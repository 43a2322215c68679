package io.jetsink.message;

/**
 * Why something does not work.
 *
 * @param text with cause and action, without the code and without secrets
 */
public record Problem(ErrorCode code, String text) {
    /** Returns the text with its code. */
    public String coded() {
        return code.text(text);
    }
}
