/**
 * The stream in JetStream: its look-up, its creation, and the replies that it sends.
 *
 * <p>Enters: an open connection and the settings of {@code jetstream.*}. Leaves: {@link io.jetsink.nats.stream.TargetStream},
 * a stream as the server described it, and replies as {@code JetStreamReply}. Read {@code TargetStream} first, then {@code AckSource},
 * the only place that decides which message on a reply subject counts as an ack.
 */
@NullMarked
package io.jetsink.nats.stream;

import org.jspecify.annotations.NullMarked;
