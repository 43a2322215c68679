/**
 * Exactly-once: records and the offset markers of their partitions, stored in one atomic batch (nats-server 2.12.1 and
 * later; ADR-50).
 *
 * <p>Enters: messages of the ring, by position. Leaves: outcomes by position, and the offsets from which Kafka's consumer has
 * to read again. Read {@code ExactlyOnceStrategy} first, then {@code AtomicPublisher}, {@code AtomicBatch} and {@code PartitionClaim}. A
 * <i>claim</i> is a task's ownership of one partition, an <i>offset marker</i> the message that records it. Confined to the
 * task thread, except what an epoch's opening does on the background thread.
 */
@NullMarked
package io.jetsink.publish.once;

import org.jspecify.annotations.NullMarked;
