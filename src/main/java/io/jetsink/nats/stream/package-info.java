/**
 * The stream in JetStream: its look-up, its requirements, its creation, and the replies that it sends.
 *
 * <p>Enters: an open connection and the settings of {@code jetstream.*}. Leaves: {@code TargetStream}, a stream as the server
 * described it, and replies as {@code JetStreamReply}. Read {@code TargetStream} first, then {@code StreamTable}, the only list of
 * the requirements for a stream. {@code AckSource} is the only place that decides whether a message on a reply subject is an
 * ack. {@code JetStreamErrorException} lists JetStream's error codes.
 */
@NullMarked
package io.jetsink.nats.stream;

import org.jspecify.annotations.NullMarked;
