package io.jetsink.quickstart;

import java.nio.file.Path;

/**
 * The addresses and files of a run that is kept.
 *
 * @param log of the worker
 * @param configuration of the connector, ready for {@code bin/jetsink} and Connect's REST API
 */
record QuickstartKept(String kafka, String connect, String nats, Path log, Path configuration) {
    void print(QuickstartConsole console) {
        console.line("");
        console.line(
                "Kept running until Ctrl-C, or kill " + ProcessHandle.current().pid() + ":");
        console.row("Kafka", kafka);
        console.row("Connect", connect);
        console.row("NATS", nats);
        console.row("Log", log.toString());
        console.row("Connector", configuration.toString());
    }
}
