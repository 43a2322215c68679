/**
 * Converts configurations of other bridges into connectors for {@code bin/jetsink import}: {@code ConfReader} reads a file of
 * nats-kafka, and {@code BridgeImport} converts each entry of it. Knows no server, and never returns a secret.
 *
 * <p>Classes are used by one thread.
 */
@NullMarked
package io.jetsink.tool.migrate;

import org.jspecify.annotations.NullMarked;
