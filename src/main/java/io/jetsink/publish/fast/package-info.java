/**
 * Fast-ingest batches (nats-server 2.14 and later; ADR-50): {@code publish.mode=fast} and {@code auto}.
 *
 * <p>Enters: messages of the ring, by position. Leaves: outcomes by position, several at a time. Read {@code FastIngestStrategy} first,
 * which decides whether server and stream support batches, then {@code FastPublisher} with {@code FastBatch}. Confined to the
 * task thread.
 */
@NullMarked
package io.jetsink.publish.fast;

import org.jspecify.annotations.NullMarked;
