package io.jetsink.tool.compare;

/** A hash table from numbers to numbers that are not negative, with open addressing: about 24 to 48 bytes for each entry. */
final class LongTable {
    static final long NONE = -1;
    private static final int MIN_CAPACITY = 1 << 10;
    /** 2^64 divided by the golden ratio: spreads keys that differ little (Knuth, volume 3, 6.4). */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private long[] keys = new long[MIN_CAPACITY];
    /** Values plus one: 0 is a free place. */
    private long[] values = new long[MIN_CAPACITY];

    private int size;

    /** Returns the value of a key, or {@link #NONE}. */
    long get(long key) {
        return values[place(key)] - 1;
    }

    /** Sets the value of a key. */
    void put(long key, long value) {
        int place = place(key);
        if (values[place] == 0) {
            size++;
            keys[place] = key;
        }
        values[place] = value + 1;
        if (size > values.length / 3 * 2) {
            grow();
        }
    }

    int size() {
        return size;
    }

    /** Returns the place of a key, or the free place for it. */
    private int place(long key) {
        int mask = values.length - 1;
        int place = (int) (key * SPREAD >>> Integer.numberOfLeadingZeros(mask) + 32) & mask;
        while (values[place] != 0 && keys[place] != key) {
            place = place + 1 & mask;
        }
        return place;
    }

    private void grow() {
        long[] oldKeys = keys;
        long[] oldValues = values;
        keys = new long[Math.multiplyExact(oldKeys.length, 2)];
        values = new long[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != 0) {
                int place = place(oldKeys[i]);
                keys[place] = oldKeys[i];
                values[place] = oldValues[i];
            }
        }
    }
}
