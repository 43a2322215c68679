package io.jetsink.message;

import java.nio.charset.StandardCharsets;

/** Encodes a name chosen by users as one token of a subject, or of a similar name. */
public final class PercentEncoding {
    private PercentEncoding() {}

    /**
     * Returns the token of a name. Different names have different tokens.
     *
     * @param escape the character before the two hexadecimal digits of each byte except letters, digits, {@code _}, {@code -}
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
