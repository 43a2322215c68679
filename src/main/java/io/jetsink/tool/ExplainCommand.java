package io.jetsink.tool;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jetsink.config.SinkConfig;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.OutboundMessage;
import io.nats.client.impl.Headers;
import io.nats.client.support.NatsJetStreamConstants;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * {@code explain}: the messages that the first records of the topics become. Publishes nothing and commits nothing. It connects
 * to NATS only with {@code oversize=object-store}, because the server determines which messages are too large.
 */
final class ExplainCommand {
    private final ConnectorConfig connector;
    private final Secrets secrets;

    ExplainCommand(ConnectorConfig connector, Secrets secrets) {
        this.connector = connector;
        this.secrets = secrets;
    }

    int run(Arguments arguments, Output output) throws InterruptedException {
        SinkConfig config = connector.parse();
        Lines lines = new Lines(output);
        try (RecordTranslation translation = new RecordTranslation(config, connector);
                TopicReader topics = new TopicReader(connector, null)) {
            if (config.oversize() != null) {
                try (NatsAccess nats = NatsAccess.connect(config)) {
                    translation.limit(nats.limit(nats.stream(translation.subjectFilters())));
                }
            }
            Map<String, List<TopicPartition>> byTopic = new LinkedHashMap<>();
            for (TopicPartition partition : topics.partitions(arguments.topic())) {
                byTopic.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                        .add(partition);
            }
            int left = arguments.records();
            int topicsLeft = byTopic.size();
            for (List<TopicPartition> partitions : byTopic.values()) {
                // Each topic gets its share of the records, and what earlier topics have left.
                left -= explain(topics, partitions, (left + topicsLeft - 1) / topicsLeft, translation, lines);
                topicsLeft--;
            }
        }
        lines.end();
        return JetsinkCommand.OK;
    }

    /** Explains up to so many records of a topic and returns their number. */
    private int explain(
            TopicReader topics,
            List<TopicPartition> partitions,
            int atMost,
            RecordTranslation translation,
            Lines lines) {
        Map<TopicPartition, Long> beginnings = topics.beginnings(partitions);
        Map<TopicPartition, Long> ends = topics.ends(partitions);
        int[] done = {0};
        for (TopicPartition partition : partitions) {
            if (done[0] < atMost) {
                topics.read(
                        partition, beginnings.getOrDefault(partition, 0L), ends.getOrDefault(partition, 0L), record -> {
                            lines.add(record, translation.of(record));
                            return ++done[0] < atMost;
                        });
            }
        }
        return done[0];
    }

    /** Writes a block for each record, or one JSON document with a line for each. */
    private final class Lines {
        private final Output output;
        private int count;

        Lines(Output output) {
            this.output = output;
        }

        void add(ConsumerRecord<byte[], byte[]> record, Outcome outcome) {
            String coordinates = record.topic() + "-" + record.partition() + "@" + record.offset();
            if (output.isJson()) {
                output.line((count == 0 ? "{\"records\":[" : ",") + Output.text(json(coordinates, outcome)));
            } else {
                text(coordinates, outcome);
            }
            count++;
        }

        void end() {
            if (output.isJson()) {
                output.line(count == 0 ? "{\"records\":[]}" : "]}");
            } else if (count == 0) {
                output.line("the topics have no records");
            }
        }

        private void text(String coordinates, Outcome outcome) {
            OutboundMessage message = outcome.message();
            if (message == null) {
                output.line(coordinates + " " + word(outcome.kind()) + ": "
                        + secrets.hide(String.valueOf(outcome.reason())));
                return;
            }
            output.line(coordinates + " -> " + message.subject());
            headers(message)
                    .forEach((name, values) -> values.forEach(value -> output.line("  " + name + ": " + value)));
            output.line("  " + PayloadText.of(message.payload()).shown());
        }

        private ObjectNode json(String coordinates, Outcome outcome) {
            ObjectNode json = Output.object().put("record", coordinates).put("outcome", word(outcome.kind()));
            OutboundMessage message = outcome.message();
            if (message == null) {
                ErrorCode code = outcome.code();
                return json.put("code", code == null ? null : code.id())
                        .put("reason", secrets.hide(String.valueOf(outcome.reason())));
            }
            json.put("subject", message.subject());
            ObjectNode headers = json.putObject("headers");
            headers(message).forEach((name, values) -> {
                ArrayNode all = headers.putArray(name);
                values.forEach(all::add);
            });
            json.put("messageId", messageId(message));
            PayloadText payload = PayloadText.of(message.payload());
            return json.put("payload", payload.text())
                    .put("encoding", payload.hex() ? "hex" : "text")
                    .put("bytes", payload.bytes())
                    .put("truncated", payload.truncated());
        }
    }

    private static String word(Outcome.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, List<String>> headers(OutboundMessage message) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        Headers headers = message.headers();
        if (headers != null) {
            headers.forEach(all::put);
        }
        return all;
    }

    private static @Nullable String messageId(OutboundMessage message) {
        Headers headers = message.headers();
        return headers == null ? null : headers.getFirst(NatsJetStreamConstants.MSG_ID_HDR);
    }
}
