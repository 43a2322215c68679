/**
 * Connections to NATS: servers, TLS, authentication.
 *
 * <ul>
 *   <li>In: {@link io.jetsink.config.ConnectionSettings}, and the servers that earlier connections discovered.
 *   <li>Out: an {@link io.jetsink.nats.OpenConnection} with its {@link io.jetsink.nats.ConnectionEvents}, or a
 *       {@link io.jetsink.nats.ConnectFailedException} with a reason for each server and the keys to check.
 *   <li>Start with {@link io.jetsink.nats.NatsConnector#connect}: it lists the {@code ServerTarget}s, makes a
 *       {@code ConnectAttempt} at each with its own {@code ConnectionThreads} and {@code ResettingDataPort}, and turns failures
 *       into {@code FailedAttempt}s.
 *   <li>Threads: {@code connect} blocks its caller. Events come from the connection's threads.
 *   <li>Words: an <em>attempt</em> is one try at one address. A connection never reconnects; its owner opens the next one.
 * </ul>
 */
@NullMarked
package io.jetsink.nats;

import org.jspecify.annotations.NullMarked;
