package io.jetsink.tool.migrate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A connector as Connect's REST API creates it.
 *
 * @param config keys in the order in which users read them
 */
public record ImportedConnector(String name, Map<String, String> config) {
    public ImportedConnector {
        config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
    }
}
