package io.jetsink;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.StreamCreationSettings;
import io.jetsink.config.SubjectSettings;
import io.jetsink.message.SubjectFilter;
import io.jetsink.translate.RecordTranslator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/** Checks templates of subjects, which are not the configuration's to understand, and what follows from them. */
final class SubjectValidation {
    private static final String EVERYTHING = ">";
    private static final String BUCKET_TARGET = "kv";

    private final Map<String, ConfigValue> values;
    private final @Nullable String bucket;
    /** What is written to; null as long as it is not known because of an error. */
    private @Nullable List<String> written = new ArrayList<>();

    private SubjectValidation(Map<String, ConfigValue> values) {
        this.values = values;
        boolean ofBucket =
                value(BucketSettings.TARGET_CONFIG) instanceof String target && target.equalsIgnoreCase(BUCKET_TARGET);
        // Without a name, which is told elsewhere, keys are keys all the same.
        this.bucket = !ofBucket ? null : value(BucketSettings.BUCKET_CONFIG) instanceof String name ? name : "";
    }

    /** Adds what is wrong to the keys that it is about. */
    static void run(Map<String, ConfigValue> values) {
        SubjectValidation check = new SubjectValidation(values);
        // A class of the user's knows its own subjects, when there is one.
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
                if (written != null) {
                    written.addAll(some);
                }
            } catch (ConfigException e) {
                refuse(key, String.valueOf(e.getMessage()));
                written = null;
            }
        } else if (isRefused(key)) {
            written = null;
        }
    }

    /** A stream that is to be created has to have subjects, and no two that overlap. */
    private void creation() {
        if (written == null
                || !Boolean.TRUE.equals(value(StreamCreationSettings.CREATE_CONFIG))
                || !(value(StreamCreationSettings.SUBJECTS_CONFIG) instanceof List<?> given)
                || !given.isEmpty()) {
            return;
        }
        if (written.contains(EVERYTHING)) {
            refuseCreation(SubjectSettings.TEMPLATE_CONFIG + " can become any subject");
            return;
        }
        for (String one : written) {
            for (String other : written) {
                if (!SubjectFilter.covers(one, other)
                        && !SubjectFilter.covers(other, one)
                        && SubjectFilter.overlaps(one, other)) {
                    refuseCreation(one + " and " + other + ", which the templates can become, overlap");
                    return;
                }
            }
        }
    }

    private void refuseCreation(String why) {
        refuse(
                StreamCreationSettings.SUBJECTS_CONFIG,
                StreamCreationSettings.SUBJECTS_CONFIG + " is missing: " + why
                        + ", so what the created stream takes has to be said");
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
