package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkConnector;
import io.jetsink.support.Recipe;
import io.jetsink.support.Recipes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JSON in the documentation is what the connector takes. Whole connectors also run, in {@link RecipesIT}. */
final class DocumentedConfigTest {
    static List<Recipe> whole() {
        return Recipes.documented();
    }

    static List<Recipe> fragments() {
        return Recipes.fragments();
    }

    @ParameterizedTest
    @MethodSource("whole")
    void aRecipeIsValid(Recipe recipe) {
        assertValid(recipe.copy());
    }

    @ParameterizedTest
    @MethodSource("fragments")
    void soIsAPartOfOneWithWhatElseIsRequired(Recipe fragment) {
        Map<String, String> config = new HashMap<>(Map.of(
                "connector.class", "io.jetsink.NatsJetStreamSinkConnector",
                "nats.servers", "nats://nats.example.com:4222"));
        if (!fragment.config().containsKey("topics.regex")) {
            config.put("topics", "orders");
        }
        config.putAll(fragment.config());

        assertValid(config);
    }

    private static void assertValid(Map<String, String> config) {
        config.put("name", "documented");

        assertThat(new NatsJetStreamSinkConnector().validate(config).configValues())
                .hasSizeGreaterThan(50)
                .allSatisfy(value ->
                        assertThat(value.errorMessages()).as(value.name()).isEmpty());
    }
}
