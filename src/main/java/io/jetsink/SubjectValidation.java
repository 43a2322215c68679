package io.jetsink;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.StreamCreationSettings;
import io.jetsink.config.SubjectSettings;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.translate.RecordTranslator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/** Checks subject templates, which package {@code config} does not parse, and the keys that depend on them. */
final class SubjectValidation {
    private static final String EVERYTHING = ">";
    private static final String BUCKET_TARGET = "kv";

    private final Map<String, ConfigValue> values;
    private final @Nullable String bucket;
    /** Filters of the subjects that are published to; null if an error leaves them unknown. */
    private @Nullable List<String> published = new ArrayList<>();

    private SubjectValidation(Map<String, ConfigValue> values) {
        this.values = values;
        boolean ofBucket =
                value(BucketSettings.TARGET_CONFIG) instanceof String target && target.equalsIgnoreCase(BUCKET_TARGET);
        // A missing bucket name is reported by its own rule. The template is checked as a key template regardless.
        this.bucket = !ofBucket ? null : value(BucketSettings.BUCKET_CONFIG) instanceof String name ? name : "";
    }

    /** Adds each error to the key that it concerns. */
    static void run(Map<String, ConfigValue> values) {
        SubjectValidation check = new SubjectValidation(values);
        // A mapper class of the user's lists its own subjects, once it is created.
        if (check.value(SubjectSettings.MAPPER_CONFIG) instanceof String mapper
                && mapper.equalsIgnoreCase(SubjectSettings.TEMPLATE)) {
            check.parse(SubjectSettings.TEMPLATE_CONFIG, text -> RecordTranslator.subjects(text, check.bucket));
            check.parse(SubjectSettings.ROUTES_CONFIG, text -> RecordTranslator.routedSubjects(text, check.bucket));
            check.creation();
        }
    }

    private void parse(String key, Function<String, List<String>> filters) {
        if (value(key) instanceof String text) {
            try {
                List<String> some = filters.apply(text);
                if (published != null) {
                    published.addAll(some);
                }
            } catch (ConfigException e) {
                refuse(key, String.valueOf(e.getMessage()));
                published = null;
            }
        } else if (isRefused(key)) {
            published = null;
        }
    }

    /** A stream that is created needs subjects, of which no two overlap. */
    private void creation() {
        if (published == null
                || !Boolean.TRUE.equals(value(StreamCreationSettings.CREATE_CONFIG))
                || !(value(StreamCreationSettings.SUBJECTS_CONFIG) instanceof List<?> given)
                || !given.isEmpty()) {
            return;
        }
        if (published.contains(EVERYTHING)) {
            refuseCreation(SubjectSettings.TEMPLATE_CONFIG + " can produce any subject");
            return;
        }
        for (String one : published) {
            for (String other : published) {
                if (!TargetStream.covers(one, other)
                        && !TargetStream.covers(other, one)
                        && TargetStream.overlap(one, other)) {
                    refuseCreation("the templates produce " + one + " and " + other + ", which overlap");
                    return;
                }
            }
        }
    }

    private void refuseCreation(String why) {
        refuse(
                StreamCreationSettings.SUBJECTS_CONFIG,
                StreamCreationSettings.SUBJECTS_CONFIG + " is missing and cannot be derived, because " + why
                        + ": set the subjects of the created stream");
    }

    private void refuse(String key, String message) {
        ConfigValue value = values.get(key);
        if (value != null) {
            value.addErrorMessage(message);
        }
    }

    private boolean isRefused(String key) {
        ConfigValue value = values.get(key);
        return value != null && !value.errorMessages().isEmpty();
    }

    private @Nullable Object value(String key) {
        ConfigValue value = values.get(key);
        return value == null ? null : value.value();
    }
}
