package io.jetsink;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.StreamCreationSettings;
import io.jetsink.config.SubjectSettings;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.SubjectFilter;
import io.jetsink.translate.subject.SubjectTemplates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/** Checks subject templates, which package {@code config} does not parse, and the keys that depend on them. */
final class SubjectValidation {
    private static final String EVERYTHING = ">";
    private static final String BUCKET_TARGET = "kv";

    private final Map<String, ConfigValue> values;
    /** Filters of the subjects that are published to. */
    private final List<String> published = new ArrayList<>();

    private SubjectValidation(Map<String, ConfigValue> values) {
        this.values = values;
    }

    /** Adds each error to the key that it concerns. */
    static void run(Map<String, ConfigValue> values) {
        SubjectValidation check = new SubjectValidation(values);
        // A mapper class of the user's lists its own subjects, once it is created.
        if (check.matches(SubjectSettings.MAPPER_CONFIG, SubjectSettings.TEMPLATE)) {
            String bucket = check.bucket();
            boolean valid =
                    check.parse(SubjectSettings.TEMPLATE_CONFIG, text -> SubjectTemplates.filters(text, bucket));
            valid &= check.parse(SubjectSettings.ROUTES_CONFIG, text -> SubjectTemplates.routeFilters(text, bucket));
            if (valid) {
                check.creation();
            }
        }
    }

    /** Returns the name of the bucket whose keys the templates make, or null if they make subjects. */
    private @Nullable String bucket() {
        if (!matches(BucketSettings.TARGET_CONFIG, BUCKET_TARGET)) {
            return null;
        }
        // A missing name is reported by its own rule. The template is checked as a key template regardless.
        return value(BucketSettings.BUCKET_CONFIG).value() instanceof String name ? name : "";
    }

    /** @return whether the subjects of this key are known */
    private boolean parse(String key, Function<String, List<String>> filters) {
        ConfigValue value = value(key);
        if (!(value.value() instanceof String text)) {
            return value.errorMessages().isEmpty();
        }
        try {
            published.addAll(filters.apply(text));
            return true;
        } catch (ConfigException e) {
            value.addErrorMessage(String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** A stream that is created needs subjects, of which no two overlap. */
    private void creation() {
        ConfigValue subjects = value(StreamCreationSettings.SUBJECTS_CONFIG);
        if (!Boolean.TRUE.equals(value(StreamCreationSettings.CREATE_CONFIG).value())
                || !(subjects.value() instanceof List<?> given)
                || !given.isEmpty()) {
            return;
        }
        String problem = underivable();
        if (problem != null) {
            subjects.addErrorMessage(ErrorCode.CONFLICTING_KEYS.text(
                    StreamCreationSettings.SUBJECTS_CONFIG + " is missing and cannot be derived, because " + problem
                            + ": set the subjects of the created stream"));
        }
    }

    private @Nullable String underivable() {
        if (published.contains(EVERYTHING)) {
            return SubjectSettings.TEMPLATE_CONFIG + " can produce any subject";
        }
        for (String one : published) {
            for (String other : published) {
                if (!SubjectFilter.covers(one, other)
                        && !SubjectFilter.covers(other, one)
                        && SubjectFilter.overlaps(one, other)) {
                    return "the templates produce " + one + " and " + other + ", which overlap";
                }
            }
        }
        return null;
    }

    private boolean matches(String key, String expected) {
        return value(key).value() instanceof String text && text.equalsIgnoreCase(expected);
    }

    private ConfigValue value(String key) {
        return Objects.requireNonNull(values.get(key), key);
    }
}
