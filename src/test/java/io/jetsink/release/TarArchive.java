package io.jetsink.release;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** A tar archive (ustar) without owners, whose files have one time: equal contents result in equal bytes on all machines. */
final class TarArchive {
    private static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private static final int FOLDER_BYTES = 155;
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
        // A longer name is split at a slash, which neither part contains.
        int slash = bytes(name) <= NAME_BYTES ? -1 : name.indexOf('/', name.length() - NAME_BYTES - 1);
        String last = name.substring(slash + 1);
        String folders = slash < 0 ? "" : name.substring(0, slash);
        if (last.isEmpty() || bytes(last) > NAME_BYTES || bytes(folders) > FOLDER_BYTES) {
            throw new IllegalArgumentException("A tar archive cannot have a file with this name: " + name);
        }
        byte[] header = new byte[BLOCK];
        put(header, 0, last);
        put(header, 345, folders);
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

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
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
