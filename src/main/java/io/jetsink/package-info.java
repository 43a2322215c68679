/** A Kafka Connect sink for NATS JetStream: the connector and its task. */
@NullMarked
package io.jetsink;

import org.jspecify.annotations.NullMarked;
