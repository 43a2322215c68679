package io.jetsink.tool.compare;

import java.util.ArrayList;
import java.util.List;

/** A list of numbers that grows without being copied: 8 bytes for each. */
final class LongChunks {
    private static final int BITS = 14;
    private static final int CHUNK = 1 << BITS;

    private final List<long[]> chunks = new ArrayList<>();
    private int size;

    void add(long value) {
        if (size == chunks.size() << BITS) {
            chunks.add(new long[CHUNK]);
        }
        size++;
        set(size - 1, value);
    }

    long get(int index) {
        return chunks.get(index >>> BITS)[index & CHUNK - 1];
    }

    void set(int index, long value) {
        chunks.get(index >>> BITS)[index & CHUNK - 1] = value;
    }

    int size() {
        return size;
    }
}
