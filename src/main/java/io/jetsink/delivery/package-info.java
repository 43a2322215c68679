/**
 * Carries the records of one task from {@code put} to {@code preCommit}.
 *
 * <p>Records enter through {@code put} and are admitted into the ring. Messages leave through {@link
 * io.jetsink.publish.Publisher}, and their outcomes come back through {@link io.jetsink.publish.Publisher.Outcomes}.
 * Offsets leave through {@code preCommit}, rejected records through Connect's errant record reporter.
 *
 * <p>Read {@link io.jetsink.delivery.SinkPipeline} first, then {@code InFlightRing}, which holds all state of the records,
 * and {@code PublishLoop}. The other classes each keep one concern out of the pipeline: {@code Assignment} (partitions and
 * their offsets), {@code ConsumerControl}, {@code StallWatch}, {@code RejectReporter}, {@code TaskFailures}.
 *
 * <p><b>Threads.</b> Everything is confined to the task thread; the package has no lock.
 *
 * <p><b>Words.</b> <i>Settled</i>: stored, reported as rejected, skipped, or no longer assigned to this task. <i>Orphan</i>:
 * a record whose partition was closed or fenced. <i>Head</i>: the first record that is not settled.
 */
@NullMarked
package io.jetsink.delivery;

import org.jspecify.annotations.NullMarked;
