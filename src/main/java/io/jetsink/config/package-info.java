/**
 * Configuration: each key is defined once, parsed once into immutable values, and validated with one error per key.
 *
 * <ul>
 *   <li>In: the properties of the connector.
 *   <li>Out: a {@link io.jetsink.config.SinkConfig} of one {@code …Settings} record for each group of keys, or the errors of
 *       {@link io.jetsink.config.SinkConfig#validate}. The public members of the records are used by all other packages.
 *   <li>Start with {@link io.jetsink.config.SinkConfig}, then read one group, such as
 *       {@link io.jetsink.config.PublishSettings}. Each group has {@code define}, {@code check} and {@code from} for its own
 *       keys. {@code CrossChecks} compares keys of several groups. {@code config/REFERENCE.md} is generated from the
 *       definitions.
 *   <li>Threads: values are immutable, validation has no shared state.
 *   <li>Words: a <em>group</em> is a section of the reference. A <em>rule</em> ({@code ValueRule}) describes the valid values
 *       of one key. An error never contains a value, which may be a secret.
 * </ul>
 */
@NullMarked
package io.jetsink.config;

import org.jspecify.annotations.NullMarked;
