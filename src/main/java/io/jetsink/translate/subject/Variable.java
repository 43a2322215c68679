package io.jetsink.translate.subject;

import io.jetsink.message.RejectedRecordException;
import io.jetsink.translate.text.Dates;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A variable of a template.
 *
 * @param name all of it but its default, as in {@code key.id}
 * @param what a record is said to have or not, for messages
 * @param fallback the default: what stands in for a value that is missing, null or empty; null: nothing does
 */
record Variable(String name, String what, @Nullable String fallback) {

    /**
     * Adds the default in the place of a value that is not there.
     *
     * @throws RejectedRecordException if there is none
     */
    void absent(SubjectBuffer subject) {
        if (!hasAdded(subject)) {
            throw rejection(subject, "The record has no " + what);
        }
    }

    /**
     * Adds the default in the place of a value of nothing.
     *
     * @throws RejectedRecordException if there is none
     */
    void empty(SubjectBuffer subject) {
        if (!hasAdded(subject)) {
            throw rejection(subject, "The record's " + what + " is empty");
        }
    }

    private boolean hasAdded(SubjectBuffer subject) {
        String text = fallback;
        if (text != null) {
            subject.literal(text);
        }
        return text != null;
    }

    private RejectedRecordException rejection(SubjectBuffer subject, String problem) {
        return new RejectedRecordException(problem + ", and " + in(subject) + " needs one: change " + subject.key()
                + ", give the variable a default as in ${" + name
                + ":-none}, or give the record one with a transform.");
    }

    /** A value of a kind that makes no token. */
    RejectedRecordException unusable(SubjectBuffer subject, Object value) {
        return new RejectedRecordException("The record's " + what + " is a "
                + value.getClass().getName() + ", and " + in(subject)
                + " takes strings, bytes, numbers, booleans and dates: change " + subject.key()
                + ", for example to a field of it, or make one value of it with a transform.");
    }

    /** A date beyond what its schema allows. */
    RejectedRecordException unfit(SubjectBuffer subject, @Nullable Schema schema) {
        return new RejectedRecordException("The record's " + what + " is no valid "
                + (schema == null ? "date" : schema.name()) + ", which " + in(subject)
                + " needs: correct the source or the transform.");
    }

    /** A date that has no text of four-digit years. */
    RejectedRecordException outOfRange(SubjectBuffer subject) {
        return new RejectedRecordException("The record's " + what + " is a date " + Dates.OUT_OF_RANGE + ", and "
                + in(subject) + " needs one: change " + subject.key()
                + ", or make the date a number with a transform (TimestampConverter with target.type=unix).");
    }

    /** A value that has no fields, on the way to one. */
    RejectedRecordException withoutFields(SubjectBuffer subject, String where, Object value) {
        return new RejectedRecordException("The record's " + where + " is a "
                + value.getClass().getName() + ", which has no fields, and " + in(subject)
                + " needs one: change " + subject.key() + ", or the converter that makes no fields of it.");
    }

    private String in(SubjectBuffer subject) {
        return "${" + name + "} in " + subject.key();
    }
}
