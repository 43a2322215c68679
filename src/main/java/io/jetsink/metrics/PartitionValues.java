package io.jetsink.metrics;

/** The values of one partition. The task thread shows them, and any thread reads. */
final class PartitionValues {
    private final Count lastAcked = new Count();
    private final Count unacked = new Count();

    PartitionValues() {
        lastAcked.set(-1);
    }

    void show(long lastOffset, long records) {
        lastAcked.set(lastOffset);
        unacked.set(records);
    }

    long lastAcked() {
        return lastAcked.get();
    }

    long unacked() {
        return unacked.get();
    }
}
