/**
 * What decides how a record becomes a message, as interfaces to replace.
 *
 * <h2>To use one</h2>
 *
 * <p>Put the jar with the class into the connector's own folder under the workers' {@code plugin.path}, beside the
 * connector's jar; restart the workers; name the class in the connector's configuration:
 *
 * <table>
 *   <caption>Keys and what they take</caption>
 *   <tr><th>key</th><th>interface</th><th>built in</th></tr>
 *   <tr><td>{@code subject.mapper}</td><td>{@link io.jetsink.spi.SubjectMapper}</td><td>{@code template}</td></tr>
 *   <tr><td>{@code header.mapper}</td><td>{@link io.jetsink.spi.HeaderMapper}</td><td>{@code standard}</td></tr>
 *   <tr><td>{@code payload.encoder}</td><td>{@link io.jetsink.spi.PayloadEncoder}</td>
 *     <td>{@code auto}, {@code raw}, {@code json}, {@code converter}, {@code cloudevents}</td></tr>
 *   <tr><td>{@code message.id}</td><td>{@link io.jetsink.spi.MessageIdStrategy}</td>
 *     <td>{@code none}, {@code coordinates}, {@code header:<name>}</td></tr>
 *   <tr><td>{@code connection.customizer}</td><td>{@link io.jetsink.spi.ConnectionCustomizer}</td><td></td></tr>
 * </table>
 *
 * <p>Its own settings are keys under that key: with {@code subject.mapper=com.example.ByRegion}, the key
 * {@code subject.mapper.region} comes to its {@code configure} as {@code region}.
 *
 * <h2>To write one</h2>
 *
 * <p>Implement the interface's one method; give the class a public constructor without parameters; compile against the
 * connector's jar, Connect's {@code connect-api} and, for a customizer, {@code jnats}, none of which goes into your jar.
 *
 * <p>What holds for all of them:
 *
 * <ol>
 *   <li>Each task has an instance of its own. {@code configure} is called once, before anything else, with the keys under
 *       the option's prefix, the prefix taken off; {@code close} once, at the end, also after a failed start.
 *   <li>All calls of one instance come from one thread at a time, one after the other. No synchronization is needed, and
 *       none should be used: the calls are on the way of every record.
 *   <li>{@code configure} throws {@link org.apache.kafka.common.config.ConfigException} for settings that are wrong: the
 *       task then fails at start with its message.
 *   <li>A method that is given a record throws {@link org.apache.kafka.connect.errors.DataException} if this record can
 *       never become a message: the record then goes Connect's way of errant records ({@code errors.tolerance},
 *       {@code errors.deadletterqueue.topic.name}), in order, and the next one follows. Any other exception is taken for
 *       that too, with the class of the exception in the reason.
 *   <li>It throws {@link org.apache.kafka.connect.errors.RetriableException} if something that it needs is not there for
 *       now: the record is brought again later, and nothing overtakes it meanwhile.
 *   <li>It must not wait: the task has a second for a whole poll of records, and Connect five to stop all tasks of a
 *       worker.
 *   <li>It may be called more than once for a record, and must answer the same each time.
 *   <li>Its messages go to logs and dead letters: they should name fields and settings, not the content of records.
 * </ol>
 */
@NullMarked
package io.jetsink.spi;

import org.jspecify.annotations.NullMarked;
