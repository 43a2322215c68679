package io.jetsink.translate;

import com.fasterxml.jackson.core.JsonGenerator;
import io.jetsink.config.PayloadSettings;
import io.jetsink.config.PayloadSettings.DateFormat;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.translate.text.Dates;
import java.io.IOException;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.jspecify.annotations.Nullable;

/** How dates, times and timestamps are written in JSON ({@code payload.encoder.date.format}). */
enum DateWriter {
    /** {@code 2026-08-01}, {@code 23:59:59.999}, {@code 2026-08-01T23:59:59.999Z}. */
    ISO {
        @Override
        void writeDate(JsonGenerator out, long millis) throws IOException {
            check(millis);
            out.writeString(Dates.date(millis));
        }

        @Override
        void writeTime(JsonGenerator out, long millis) throws IOException {
            out.writeString(Dates.time(millis));
        }

        @Override
        void writeTimestamp(JsonGenerator out, long millis) throws IOException {
            check(millis);
            out.writeString(Dates.timestamp(millis));
        }

        private void check(long millis) {
            if (!Dates.isInRange(millis)) {
                throw new RejectedRecordException("The value has a date " + Dates.OUT_OF_RANGE + ": set "
                        + PayloadSettings.DATE_FORMAT_CONFIG + "=epoch, or correct the source or the transform.");
            }
        }
    },

    /** Days since 1970, milliseconds since midnight, milliseconds since 1970. */
    EPOCH {
        @Override
        void writeDate(JsonGenerator out, long millis) throws IOException {
            out.writeNumber(Dates.days(millis));
        }

        @Override
        void writeTime(JsonGenerator out, long millis) throws IOException {
            out.writeNumber(millis);
        }

        @Override
        void writeTimestamp(JsonGenerator out, long millis) throws IOException {
            out.writeNumber(millis);
        }
    };

    static DateWriter of(DateFormat format) {
        return switch (format) {
            case ISO -> ISO;
            case EPOCH -> EPOCH;
        };
    }

    abstract void writeDate(JsonGenerator out, long millis) throws IOException;

    abstract void writeTime(JsonGenerator out, long millis) throws IOException;

    abstract void writeTimestamp(JsonGenerator out, long millis) throws IOException;

    /** @param schema tells what the date is; without one it is a timestamp */
    @SuppressWarnings("JavaUtilDate") // Connect's own type for points in time.
    final void write(JsonGenerator out, @Nullable Schema schema, java.util.Date date) throws IOException {
        long millis = date.getTime();
        @Nullable String type = schema == null ? null : schema.name();
        if (Date.LOGICAL_NAME.equals(type)) {
            if (!Dates.isDate(millis)) {
                throw new RejectedRecordException("The value has a Date with a time of day, against its schema:"
                        + " correct the source or the transform.");
            }
            writeDate(out, millis);
        } else if (Time.LOGICAL_NAME.equals(type)) {
            if (!Dates.isTime(millis)) {
                throw new RejectedRecordException("The value has a Time beyond one day, against its schema:"
                        + " correct the source or the transform.");
            }
            writeTime(out, millis);
        } else {
            writeTimestamp(out, millis);
        }
    }
}
