package io.jetsink.release;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** A tar archive (ustar) without owners, whose files have one time: equal contents result in equal bytes on all machines. */
final class TarArchive {
    private static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private static final int CHECKSUM = 148;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Instant time;

    TarArchive(Instant time) {
        this.time = time;
    }

    /** Adds a folder, whose name ends with a slash. */
    void folder(String name) {
        bytes.writeBytes(header(name, '5', 0755, 0));
    }

    void file(String name, int mode, byte[] content) {
        bytes.writeBytes(header(name, '0', mode, content.length));
        bytes.writeBytes(content);
        bytes.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    /** Returns the archive with the two empty blocks that end it. */
    byte[] toBytes() {
        byte[] added = bytes.toByteArray();
        byte[] ended = new byte[added.length + 2 * BLOCK];
        System.arraycopy(added, 0, ended, 0, added.length);
        return ended;
    }

    private byte[] header(String name, char type, int mode, int size) {
        if (name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES) {
            throw new IllegalArgumentException("A name in a tar archive has at most " + NAME_BYTES + " bytes: " + name);
        }
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, octal(mode, 7));
        put(header, 108, octal(0, 7));
        put(header, 116, octal(0, 7));
        put(header, 124, octal(size, 11));
        put(header, 136, octal(time.getEpochSecond(), 11));
        put(header, CHECKSUM, " ".repeat(8));
        put(header, 156, String.valueOf(type));
        put(header, 257, "ustar\00000");
        put(header, CHECKSUM, octal(sum(header), 6) + "\0 ");
        return header;
    }

    private static long sum(byte[] header) {
        long sum = 0;
        for (byte value : header) {
            sum += Byte.toUnsignedInt(value);
        }
        return sum;
    }

    private static String octal(long value, int digits) {
        String text = Long.toOctalString(value);
        return "0".repeat(digits - text.length()) + text;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] value = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(value, 0, header, at, value.length);
    }
}
