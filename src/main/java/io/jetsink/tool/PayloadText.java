package io.jetsink.tool;

import io.jetsink.message.LogSafeText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A payload for a terminal.
 *
 * @param text the beginning of the payload, as it is or hexadecimal
 * @param hex whether the payload is not UTF-8 text
 * @param bytes length of the payload
 * @param truncated whether there is more than {@code text}
 */
record PayloadText(String text, boolean hex, int bytes, boolean truncated) {
    private static final int MAX_CHARS = 200;
    private static final int MAX_BYTES = MAX_CHARS / 2;

    static PayloadText of(byte[] payload) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload))
                    .toString();
        } catch (CharacterCodingException binary) {
            int shown = Math.min(payload.length, MAX_BYTES);
            return new PayloadText(
                    HexFormat.of().formatHex(payload, 0, shown), true, payload.length, shown < payload.length);
        }
        boolean truncated = text.codePointCount(0, text.length()) > MAX_CHARS;
        return new PayloadText(
                truncated ? text.substring(0, text.offsetByCodePoints(0, MAX_CHARS)) : text,
                false,
                payload.length,
                truncated);
    }

    /** Returns the payload as one line. */
    String shown() {
        if (bytes == 0) {
            return "(no payload)";
        }
        String line = hex ? "0x" + text : LogSafeText.escaped(text);
        return truncated ? line + "... (" + bytes + " bytes)" : line;
    }
}
