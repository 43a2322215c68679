/**
 * Checks of server, stream and permissions before anything is published ({@code preflight}).
 *
 * <p>Enters: an open connection and the configuration. Leaves: problems, each with its key and its action, and warnings. Read
 * {@code PreflightChecks} first. {@code ValidationPreflight} runs the checks during Connect's validation, {@code PreflightStrategy}
 * at the start of an epoch.
 */
@NullMarked
package io.jetsink.publish.preflight;

import org.jspecify.annotations.NullMarked;
