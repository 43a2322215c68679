package io.jetsink.tool;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jetsink.NatsJetStreamSinkConnector;
import io.jetsink.config.JetStreamSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code check}: the answers of Connect's REST API to a configuration with {@code preflight=validate}, without a worker. It
 * also creates the converters, transforms and predicates of the connector. It creates and stores nothing.
 */
final class CheckCommand {
    private final ConnectorConfig connector;
    private final Secrets secrets;

    CheckCommand(ConnectorConfig connector, Secrets secrets) {
        this.connector = connector;
        this.secrets = secrets;
    }

    int run(Output output) {
        List<Finding> findings = findings();
        if (output.isJson()) {
            ObjectNode document = Output.object().put("valid", findings.isEmpty());
            ArrayNode errors = document.putArray("errors");
            findings.forEach(finding -> errors.add(finding.json()));
            output.document(document);
        } else {
            findings.forEach(finding -> output.line(finding.key() + ": " + finding.message()));
            output.line(connector.file() + ": "
                    + (findings.isEmpty()
                            ? "no problem"
                            : findings.size() + (findings.size() == 1 ? " problem" : " problems")));
        }
        return findings.isEmpty() ? JetsinkCommand.OK : JetsinkCommand.PROBLEM;
    }

    private List<Finding> findings() {
        Map<String, String> properties = connector.properties();
        properties.put(JetStreamSettings.PREFLIGHT_CONFIG, "validate");
        List<Finding> found = new ArrayList<>(ConnectKeys.validate(properties));
        found.addAll(ConnectKeys.findings(
                new NatsJetStreamSinkConnector().validate(properties).configValues()));
        Set<String> keys = new HashSet<>();
        found.forEach(finding -> keys.add(finding.key()));
        try (RecordConversion conversion = new RecordConversion(connector)) {
            // Connect finds these problems only when a task starts, unless it knows the class to be missing.
            conversion.problems().stream()
                    .filter(problem -> keys.add(problem.key()))
                    .forEach(found::add);
        }
        return found.stream()
                .map(finding -> new Finding(finding.key(), secrets.hide(finding.message())))
                .toList();
    }
}
