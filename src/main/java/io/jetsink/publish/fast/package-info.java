/**
 * Fast-ingest batches (nats-server 2.14 and later; ADR-50): {@code publish.mode=fast} and {@code auto}.
 *
 * <p><b>Enters:</b> messages of the ring, by position. <b>Leaves:</b> outcomes by position, several at a time.
 *
 * <p><b>Read first</b> {@link io.jetsink.publish.fast.FastIngestStrategy}, which decides per epoch whether server and stream
 * support batches, then {@link io.jetsink.publish.fast.FastPublisher} (sends messages), {@code OpenBatch} (what replies mean)
 * and {@code OrphanedBatch} (what became of the batch of a lost connection).
 *
 * <p><b>Threads.</b> Publishers are confined to the task thread. The supervisor's background thread opens epochs and
 * concludes the batch of the last one. A dispatcher of the connection only queues replies.
 *
 * <p><b>Words.</b> A batch is <i>concluded</i> when the number of its stored messages is known. Its <i>open tail</i> are
 * messages without an outcome. A batch is <i>unbegun</i> if its start may still arrive at the server.
 */
@NullMarked
package io.jetsink.publish.fast;

import org.jspecify.annotations.NullMarked;
