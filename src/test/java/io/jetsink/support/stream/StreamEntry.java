package io.jetsink.support.stream;

import java.time.Instant;

/**
 * One message as it lies in a stream.
 *
 * @param partition the Kafka partition it came from
 * @param sequence its number within that partition, from 0
 * @param streamSequence its place in the stream
 * @param storedAt when the server stored it
 */
public record StreamEntry(int partition, long sequence, long streamSequence, Instant storedAt) {}
