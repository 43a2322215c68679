/**
 * The connector and its task, as Kafka Connect sees them, and the only package that knows all others.
 *
 * <p>Configurations enter through {@link io.jetsink.NatsJetStreamSinkConnector}, which validates them and hands each task its
 * own. Records enter through {@link io.jetsink.NatsJetStreamSinkTask}, the class to read first: it puts together translator,
 * publish strategy, supervisor and pipeline, and forwards Connect's calls to the pipeline. {@link
 * io.jetsink.PublishStrategies} chooses how the task publishes.
 *
 * <p><b>Threads.</b> Connect calls the connector and each task from one thread at a time.
 */
@NullMarked
package io.jetsink;

import org.jspecify.annotations.NullMarked;
