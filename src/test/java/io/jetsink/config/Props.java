package io.jetsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

/** Configurations for tests, and their errors by key. */
final class Props {
    /** Length of the code before each error, which {@link SinkConfigTest} checks. */
    private static final int CODE = "[JS-1001] ".length();

    private Props() {}

    /** The smallest valid configuration, with these keys and values set in addition or instead. */
    static Map<String, String> with(@Nullable String... keysAndValues) {
        Map<String, String> props = new LinkedHashMap<>(Map.of("name", "orders", "nats.servers", "nats://localhost"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            props.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return props;
    }

    static Map<String, String> without(String key) {
        Map<String, String> props = with();
        props.remove(key);
        return props;
    }

    /** The keys with errors, without their codes; also checks what holds for every error. */
    static Map<String, String> errors(Map<String, String> props) {
        Map<String, String> errors = new LinkedHashMap<>();
        for (ConfigValue value : SinkConfig.validate(props)) {
            if (!value.errorMessages().isEmpty()) {
                assertThat(value.errorMessages()).as("one error at most").hasSize(1);
                String coded = value.errorMessages().get(0);
                assertThat(coded).matches("(?s)\\[JS-1\\d{3}] .+");
                String error = coded.substring(CODE);
                assertThat(error)
                        .as("short and on one line")
                        .doesNotContain("\n")
                        .hasSizeLessThan(700);
                assertThat(value.value()).as("value of a refused key").isNull();
                errors.put(value.name(), error);
            }
        }
        return errors;
    }

    static Map<String, String> errors(@Nullable String... keysAndValues) {
        return errors(with(keysAndValues));
    }

    static String error(String key, @Nullable String value) {
        Map<String, String> errors = errors(with(key, value));
        assertThat(errors).containsOnlyKeys(key);
        return errors.get(key);
    }

    /** The arguments of tests: this key, each of the values, and a part of the error that all of them have. */
    static Stream<Arguments> each(String key, String error, String... values) {
        return Stream.of(values).map(value -> Arguments.of(key, value, error));
    }

    static void assertRefused(Map<String, String> props, String key, String... parts) {
        assertThat(errors(props)).containsOnlyKeys(key);
        assertThat(errors(props).get(key)).contains(parts);
    }
}
