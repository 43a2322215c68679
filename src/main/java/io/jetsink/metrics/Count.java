package io.jetsink.metrics;

import java.util.concurrent.atomic.AtomicLong;

/** A number that one thread changes and any thread reads. A change costs as much as that of a plain field. */
final class Count {
    private final AtomicLong value = new AtomicLong();

    void add(long more) {
        value.setOpaque(value.getPlain() + more);
    }

    void set(long next) {
        value.setOpaque(next);
    }

    long get() {
        return value.getOpaque();
    }
}
