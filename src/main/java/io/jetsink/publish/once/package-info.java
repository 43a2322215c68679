/**
 * Exactly-once: stores records and the offset markers of their partitions in one atomic batch (nats-server 2.12.1 and later;
 * ADR-50).
 *
 * <p><b>Enters:</b> messages of the ring, by position. <b>Leaves:</b> outcomes by position, and offsets from which Kafka's
 * consumer has to read again.
 *
 * <p><b>Read first:</b> {@code AtomicPublisher}, which fills and commits batches. {@code BatchOutcome} finds out whether a
 * batch is stored; its {@code Stage} names what it waits for. {@code PartitionClaim} is the ownership of one partition, and
 * {@code PartitionRecords} decides which of its records are published. {@code ExactlyOnceState} holds what outlives an epoch.
 * {@code OffsetAlteration} and {@code MarkerResetStrategy} move markers without publishing records.
 *
 * <p><b>Words:</b> an <i>offset marker</i> is the message that holds the offset up to which a partition is stored; a <i>claim</i>
 * is the ownership of one assignment of a partition, recorded in the offset marker; a batch is <i>given back</i> if it is not
 * stored, and its records are then published again in new batches.
 *
 * <p><b>Threads:</b> confined to the task thread, except what the opening of an epoch does on the background thread.
 */
@NullMarked
package io.jetsink.publish.once;

import org.jspecify.annotations.NullMarked;
