/**
 * Publishing of messages: the port that delivery uses, and what all publishing strategies share.
 *
 * <p><b>Enters:</b> {@link io.jetsink.publish.PendingRecord}s by ring position, from {@code io.jetsink.delivery}.
 * <b>Leaves:</b> {@link io.jetsink.publish.Publisher.Outcomes} by position, and the fatal error of
 * {@link io.jetsink.publish.EpochSupervisor}.
 *
 * <p><b>Read first</b> {@link io.jetsink.publish.Publisher}, then {@link io.jetsink.publish.AsyncPublisher}, its simplest
 * implementation with acks, and {@link io.jetsink.publish.ReconnectingSupervisor}, which opens one epoch after the other.
 * {@link io.jetsink.publish.FailureTriage} decides what a failure means. The other strategies are in {@code fast},
 * {@code once} and {@code objects}; {@code preflight} checks server, stream and permissions.
 *
 * <p><b>Threads.</b> The task thread calls publishers and reads outcomes. The supervisor's background thread connects and
 * opens epochs. The connection's threads queue replies and report events.
 *
 * <p><b>Words.</b> An <i>epoch</i> is one connection with its publisher. An epoch is <i>proven</i> when the stream has acked
 * something in it. A <i>foreign</i> reply does not come from the expected stream.
 */
@NullMarked
package io.jetsink.publish;

import org.jspecify.annotations.NullMarked;
