package io.jetsink.message;

import java.nio.charset.StandardCharsets;

/** Names of people as one token of a subject, or of what is named alike. */
public final class PercentEncoding {
    private PercentEncoding() {}

    /**
     * Different names have different tokens.
     *
     * @param escape what begins the two hexadecimal digits of a byte other than a letter, a digit, {@code _} or {@code -}
     */
    public static String of(String name, char escape) {
        StringBuilder token = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '-')) {
                token.append(c);
            } else {
                token.append(escape).append(String.format("%02X", (int) c));
            }
        }
        return token.toString();
    }
}
