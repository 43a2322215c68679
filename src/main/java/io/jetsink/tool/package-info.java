/**
 * The command {@code bin/jetsink}: {@code check}, {@code explain}, {@code verify} and {@code import}.
 *
 * <p>{@link io.jetsink.tool.JetsinkCommand} parses the command line and runs one {@code …Command}. {@code ConnectorConfig}
 * reads the configuration as a worker does, with {@code WorkerFile} for config providers, converters and the consumer.
 * {@code RecordConversion} applies converters and transforms, {@code TopicReader} reads topics, {@code StreamReader} reads the
 * stream, and package {@code tool.compare} compares both. Package {@code tool.migrate} converts files of other bridges.
 *
 * <p>No other package uses this one or those below it, and a worker never loads it. It is the only package that writes
 * to standard streams. Classes are used by the main thread only.
 */
@NullMarked
package io.jetsink.tool;

import org.jspecify.annotations.NullMarked;
