package io.jetsink.translate;

import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * What the connector itself has to say in a message's headers, to JetStream or to other bridges. Called last: nothing that a
 * record, or a class of a user's, has made stands in the way of it.
 */
@FunctionalInterface
interface ConnectorHeaders {
    void add(SinkRecord record, HeaderBlock headers);

    /** Each in this order. */
    static ConnectorHeaders inTurn(List<ConnectorHeaders> commands) {
        ConnectorHeaders[] all = commands.toArray(ConnectorHeaders[]::new);
        return (record, headers) -> {
            for (ConnectorHeaders each : all) {
                each.add(record, headers);
            }
        };
    }
}
