package io.jetsink.tool;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jetsink.JetStreamSinkConnector;
import io.jetsink.config.JetStreamSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code check}: the answers of Connect's REST API to a configuration with {@code preflight=validate}, without a worker. It
 * also creates the converters, transforms and predicates of the connector, and prints warnings, for which the REST API has no
 * place. It creates and stores nothing.
 */
final class CheckCommand {
    private final ConnectorConfig connector;
    private final Secrets secrets;
    private final List<Finding> warnings = new ArrayList<>();

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
            ArrayNode doubts = document.putArray("warnings");
            warnings.forEach(warning -> doubts.add(warning.json()));
            output.document(document);
        } else {
            findings.forEach(finding -> output.line(finding.key() + ": " + finding.message()));
            warnings.forEach(warning -> output.line("warning: " + warning.key() + ": " + warning.message()));
            output.line(connector.file() + ": "
                    + (findings.isEmpty() ? "no problem" : count(findings.size(), "problem"))
                    + (warnings.isEmpty() ? "" : ", " + count(warnings.size(), "warning")));
        }
        return findings.isEmpty() ? JetsinkCommand.OK : JetsinkCommand.PROBLEM;
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private List<Finding> findings() {
        Map<String, String> properties = connector.properties();
        properties.put(JetStreamSettings.PREFLIGHT_CONFIG, "validate");
        List<Finding> found = new ArrayList<>(ConnectKeys.validate(properties));
        found.addAll(ConnectKeys.findings(new JetStreamSinkConnector()
                .validate(properties, (key, warning) -> warnings.add(new Finding(key, secrets.hide(warning.coded()))))
                .configValues()));
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
