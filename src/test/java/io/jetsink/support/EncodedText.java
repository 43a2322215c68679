package io.jetsink.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** What values become in subjects and back, written without a look at how the connector does it. */
public final class EncodedText {
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private EncodedText() {}

    /** How many characters so many bytes take. */
    public static int length(byte[] bytes) {
        int length = 0;
        for (byte b : bytes) {
            length += UNRESERVED.indexOf(b) >= 0 ? 1 : 3;
        }
        return length;
    }

    /** @param escape what begins an encoded byte */
    public static byte[] decode(String text, char escape) {
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) == escape) {
                bytes.put((byte) Integer.parseInt(text.substring(at + 1, at + 3), 16));
                at += 2;
            } else {
                bytes.put((byte) text.charAt(at));
            }
        }
        byte[] decoded = new byte[bytes.position()];
        bytes.flip().get(decoded);
        return decoded;
    }

    /** UTF-8 as the JDK has it, and the three-byte form for what the JDK would replace. */
    public static byte[] bytes(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        text.codePoints().forEach(codePoint -> {
            if (codePoint >= 0xD800 && codePoint <= 0xDFFF) {
                bytes.write(0xED);
                bytes.write(0x80 + (codePoint - 0xD000) / 64);
                bytes.write(0x80 + codePoint % 64);
            } else {
                bytes.writeBytes(Character.toString(codePoint).getBytes(UTF_8));
            }
        });
        return bytes.toByteArray();
    }
}
