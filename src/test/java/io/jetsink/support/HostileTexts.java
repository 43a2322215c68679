package io.jetsink.support;

import java.util.List;
import java.util.SplittableRandom;

/** Random texts and bytes that look for what goes wrong: of any alphabet, of any length to 10,000, and known to be nasty. */
public final class HostileTexts {
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final List<String> NASTY = List.of(
            "$JS.API.STREAM.DELETE.X",
            "$JS.API.STREAM.PURGE.X",
            "$JS.API.STREAM.CREATE.EVIL",
            "$SYS.REQ.SERVER.PING",
            "$KV.bucket.key",
            "_INBOX.abc",
            "_R_.abc",
            "_GR_.abc",
            "\r\nPUB x 0\r\n\r\n",
            "\r\n",
            "*",
            ">",
            "a.>",
            ".",
            "..",
            "%",
            "%2E",
            "%ED%A0%80",
            "\ud800",
            "\udc00",
            "\ufffd",
            "?",
            "\u00e9",
            "e\u0301",
            "\u202e",
            "\0",
            "__proto__");

    private final SplittableRandom random;

    public HostileTexts(SplittableRandom random) {
        this.random = random;
    }

    public String text() {
        if (random.nextInt(8) == 0) {
            return NASTY.get(random.nextInt(NASTY.size())) + (random.nextBoolean() ? "" : random.nextInt(3));
        }
        int length = length();
        // One alphabet per text: short texts of few characters find what collides, wide ones what is encoded wrongly.
        int alphabet = random.nextInt(6);
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            switch (alphabet) {
                case 0 -> text.append((char) random.nextInt(0x20));
                case 1 -> text.append((char) random.nextInt(0x20, 0x7f));
                case 2 -> text.append((char) random.nextInt(0x10000));
                case 3 -> text.append((char) random.nextInt(0xD7FE, 0xE002));
                case 4 -> text.appendCodePoint(random.nextInt(0x10000, 0x110000));
                default -> text.append(PLAIN.charAt(random.nextInt(PLAIN.length())));
            }
        }
        return text.toString();
    }

    public byte[] bytes() {
        byte[] bytes = new byte[length()];
        random.nextBytes(bytes);
        return bytes;
    }

    /** So many of the pieces, one after the other. */
    public String of(String[] pieces, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return text.toString();
    }

    private int length() {
        return switch (random.nextInt(100)) {
            case 0 -> random.nextInt(10_001);
            case 1, 2, 3 -> random.nextInt(300, 1100);
            case 4, 5 -> 0;
            default -> random.nextInt(1, 12);
        };
    }
}
