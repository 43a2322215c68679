package io.jetsink.translate.subject;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.translate.text.Dates;
import io.jetsink.translate.text.TypeName;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A variable of a template, and the reasons why its value cannot be used.
 *
 * @param name the variable without its default, for example {@code key.id}
 * @param description the name of the value in rejections
 * @param fallback the default, which replaces a missing, null or empty value; null if there is none
 */
record Variable(String name, String description, @Nullable String fallback) {

    /**
     * Appends the default for a value that is missing or null.
     *
     * @throws RejectedRecordException if there is no default
     */
    void absent(SubjectBuffer subject) {
        if (fallback == null) {
            throw rejection(subject, "The record has no " + description);
        }
        subject.literal(fallback);
    }

    /**
     * Appends the default for an empty value.
     *
     * @throws RejectedRecordException if there is no default
     */
    void empty(SubjectBuffer subject) {
        if (fallback == null) {
            throw rejection(subject, "The record's " + description + " is empty");
        }
        subject.literal(fallback);
    }

    private RejectedRecordException rejection(SubjectBuffer subject, String problem) {
        return new RejectedRecordException(
                ErrorCode.NO_SUBJECT,
                problem + ", and " + in(subject) + " requires one: change " + subject.key()
                        + ", set a default as in ${" + name
                        + ":-none}, or set the value with a transform.");
    }

    /** The value has a type that has no text in a subject. */
    RejectedRecordException unusable(SubjectBuffer subject, Object value) {
        return new RejectedRecordException(
                ErrorCode.NO_SUBJECT,
                "The record's " + description + " is a "
                        + TypeName.of(value) + ", and " + in(subject)
                        + " supports strings, bytes, numbers, booleans and dates only: change " + subject.key()
                        + ", for example to a field of the value, or replace the value with a transform.");
    }

    /** The value is a date that its schema does not allow. */
    RejectedRecordException unfit(SubjectBuffer subject, @Nullable Schema schema) {
        return new RejectedRecordException(
                ErrorCode.NO_SUBJECT,
                "The record's " + description + " is not a valid "
                        + (schema == null ? "date" : schema.name()) + ", which " + in(subject)
                        + " requires: correct the source connector or the transform.");
    }

    /** The value is a date without a text of four-digit years. */
    RejectedRecordException outOfRange(SubjectBuffer subject) {
        return new RejectedRecordException(
                ErrorCode.NO_SUBJECT,
                "The record's " + description + " is a date " + Dates.OUT_OF_RANGE + ", and "
                        + in(subject) + " requires such a text: change " + subject.key()
                        + ", or make the date a number with a transform (TimestampConverter with target.type=unix).");
    }

    /** The path leads to a field of a value that has no fields. */
    RejectedRecordException withoutFields(SubjectBuffer subject, String where, Object value) {
        return new RejectedRecordException(
                ErrorCode.NO_SUBJECT,
                "The record's " + where + " is a "
                        + TypeName.of(value) + ", which has no fields, and " + in(subject)
                        + " requires one: change " + subject.key() + ", or use a converter that produces fields.");
    }

    private String in(SubjectBuffer subject) {
        return "${" + name + "} in " + subject.key();
    }
}
