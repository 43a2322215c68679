/**
 * Computes the subject of a record, or the key of a bucket, from the templates of {@code subject} and
 * {@code subject.routes}.
 *
 * <ul>
 *   <li>Input: a record.
 *   <li>Output: a subject that NATS accepts, or a rejection. For preflight and stream creation: the subject filters of the
 *       templates.
 *   <li>Start with {@code TemplateSubjectMapper}, which chooses the template of a topic, and with {@code SubjectBuffer},
 *       which encodes each value so that it stays within one token. {@code TemplateParser} reads templates.
 *   <li>Other packages use {@code SubjectTemplates} and {@code SubjectRules} only.
 *   <li>Threads: the task thread. Templates and rules have no state; mappers, buffers and segments may have.
 *   <li>Terms: a <em>template</em> consists of <em>segments</em>, which are literals or <em>variables</em>. A variable may
 *       have a <em>default</em>. A <em>route</em> is a template for the topics that match its pattern.
 * </ul>
 */
@NullMarked
package io.jetsink.translate.subject;

import org.jspecify.annotations.NullMarked;
