/**
 * Subjects from templates: {@code subject}, {@code subject.routes} and the keys of a bucket.
 *
 * <p>Enters: a record. Leaves: a subject that NATS accepts, or a rejection. Read {@code TemplateSubjectMapper} first, then
 * {@code SubjectBuffer}, which keeps each value within one token.
 */
@NullMarked
package io.jetsink.translate.subject;

import org.jspecify.annotations.NullMarked;
