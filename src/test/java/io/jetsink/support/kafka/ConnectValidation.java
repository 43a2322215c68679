package io.jetsink.support.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * What {@code PUT /connector-plugins/{class}/config/validate} says.
 *
 * @param errorCount how many keys are in error
 * @param errors the messages of those keys
 * @param raw the whole answer
 */
public record ConnectValidation(int errorCount, Map<String, List<String>> errors, JsonNode raw) {
    public ConnectValidation {
        errors = Map.copyOf(errors);
    }
}
