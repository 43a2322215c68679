/**
 * The plug-ins of the connector: interfaces by which users decide how a record becomes a message.
 *
 * <h2>To use one</h2>
 *
 * <p>Put the jar with the class into the connector's own folder under the workers' {@code plugin.path}, beside the
 * connector's jar. Restart the workers. Set the class in the connector's configuration:
 *
 * <table>
 *   <caption>Configuration keys</caption>
 *   <tr><th>key</th><th>interface</th><th>built in</th></tr>
 *   <tr><td>{@code subject.mapper}</td><td>{@link io.jetsink.spi.SubjectMapper}</td><td>{@code template}</td></tr>
 *   <tr><td>{@code header.mapper}</td><td>{@link io.jetsink.spi.HeaderMapper}</td><td>{@code standard}</td></tr>
 *   <tr><td>{@code payload.encoder}</td><td>{@link io.jetsink.spi.PayloadEncoder}</td>
 *     <td>{@code auto}, {@code raw}, {@code json}, {@code converter}, {@code cloudevents}</td></tr>
 *   <tr><td>{@code message.id}</td><td>{@link io.jetsink.spi.MessageIdStrategy}</td>
 *     <td>{@code none}, {@code coordinates}, {@code subject}, {@code header:<name>}</td></tr>
 *   <tr><td>{@code connection.customizer}</td><td>{@link io.jetsink.spi.ConnectionCustomizer}</td><td></td></tr>
 * </table>
 *
 * <p>The settings of the class are keys under that key: with {@code subject.mapper=com.example.ByRegion}, {@code configure}
 * receives the key {@code subject.mapper.region} as {@code region}.
 *
 * <h2>To write one</h2>
 *
 * <p>Implement the interface's one method. Give the class a public constructor without parameters. Compile it against the
 * connector's jar, Connect's {@code connect-api} and, for a customizer, {@code jnats}; include none of them in your jar.
 *
 * <p>The guarantees of all plug-ins:
 *
 * <ol>
 *   <li>Each task has its own instance. {@code configure} is called once, before any other method, with the keys under the
 *       option's prefix, without the prefix. {@code close} is called once, at the end, even after a failed start.
 *   <li>An instance is called by one thread at a time. It needs no synchronization and should have none, because it is
 *       called for every record.
 *   <li>{@code configure} throws {@link org.apache.kafka.common.config.ConfigException} for wrong settings. The task then
 *       fails at start with that message.
 *   <li>A method that receives a record throws {@link org.apache.kafka.connect.errors.DataException} if the record can never
 *       become a message. Connect then handles it as an errant record ({@code errors.tolerance}, {@code
 *       errors.deadletterqueue.topic.name}), in order, and the next record follows. Any other exception has the same effect;
 *       the reason then contains the class of the exception.
 *   <li>The method throws {@link org.apache.kafka.connect.errors.RetriableException} if something that it needs is
 *       unavailable for now. The record is retried later, and no later record overtakes it.
 *   <li>The method must not wait: the task has one second for all records of a poll, and Connect five seconds to stop all
 *       tasks of a worker.
 *   <li>The method may be called more than once for a record and must return the same result each time.
 *   <li>Messages of exceptions appear in logs and dead letter queues: they should name fields and settings, and not contain
 *       data of records.
 * </ol>
 */
@NullMarked
package io.jetsink.spi;

import org.jspecify.annotations.NullMarked;
