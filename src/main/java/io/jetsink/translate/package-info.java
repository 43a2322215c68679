/**
 * Translates a Kafka record into a NATS message: subject, headers and payload.
 *
 * <ul>
 *   <li>Input: a record after Connect's converters and transforms, and the {@code TranslationSettings}.
 *   <li>Output: an {@link io.jetsink.message.OutboundMessage}, null for a skipped record, or a
 *       {@link io.jetsink.message.RejectedRecordException}, whose text names cause and action. Preflight and stream creation
 *       get the subject filters.
 *   <li>Start with {@code RecordTranslator}, which runs the steps, and {@code TranslatorAssembly}, which creates one object
 *       for each configured step. {@code HeaderBlock} and {@code PluginGuard} enforce the rules for headers and plug-ins.
 *   <li>{@link io.jetsink.translate.subject} computes subjects, {@link io.jetsink.translate.text} the text of values.
 *   <li>Threads: the task thread only. Nothing waits and nothing does I/O, except in plug-ins.
 *   <li>Terms: a <em>command</em> is a header that NATS acts on, such as {@code Nats-Msg-Id}. Only the connector sets commands.
 * </ul>
 */
@NullMarked
package io.jetsink.translate;

import org.jspecify.annotations.NullMarked;
