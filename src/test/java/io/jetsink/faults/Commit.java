package io.jetsink.faults;

import java.time.Instant;

/**
 * An offset that Kafka was told or has told.
 *
 * @param offset of the first record that is not committed
 * @param seenAt not before it was committed
 */
record Commit(int partition, long offset, Instant seenAt) {}
