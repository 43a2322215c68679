package io.jetsink.tool;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jetsink.message.LogSafeText;
import io.jetsink.tool.migrate.BridgeImport;
import io.jetsink.tool.migrate.ConfException;
import io.jetsink.tool.migrate.ImportedConnector;
import java.io.PrintStream;

/** {@code import}: prints the connectors for the entries of a configuration file of nats-kafka. */
final class ImportCommand {
    private static final int MAX_CHARS = 2_000;

    private final Arguments arguments;
    private final PrintStream err;

    /** @param err receives the warnings */
    ImportCommand(Arguments arguments, PrintStream err) {
        this.arguments = arguments;
        this.err = err;
    }

    /** @throws UsageException if the file cannot be read */
    int run(Output output) {
        BridgeImport imported = read();
        if (output.isJson()) {
            ObjectNode document = Output.object();
            ArrayNode connectors = document.putArray("connectors");
            imported.connectors().forEach(connector -> connectors.add(json(connector)));
            ArrayNode warnings = document.putArray("warnings");
            imported.warnings().forEach(warnings::add);
            output.document(document);
        } else {
            imported.connectors().forEach(connector -> output.document(json(connector)));
        }
        imported.warnings().forEach(warning -> err.println("warning: " + LogSafeText.of(warning, MAX_CHARS)));
        return imported.complete() ? JetsinkCommand.OK : JetsinkCommand.PROBLEM;
    }

    private BridgeImport read() {
        try {
            return BridgeImport.read(arguments.file(), arguments.topic(), System::getenv);
        } catch (ConfException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static ObjectNode json(ImportedConnector connector) {
        ObjectNode json = Output.object().put("name", connector.name());
        ObjectNode config = json.putObject("config");
        connector.config().forEach(config::put);
        return json;
    }
}
