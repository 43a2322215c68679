package io.jetsink.tool;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.awaitility.Awaitility;

/**
 * Fills a stream as a connector would fill it, but for a few messages. Record {@code i} of a topic with two partitions is at
 * offset {@code i / 2} of partition {@code i % 2}, and the messages of both take turns.
 */
final class StreamFill {
    private static final int IN_FLIGHT = 2_000;

    private final JetStream stream;
    private final VerifyWay way;
    private final String topic;
    private final Deque<CompletableFuture<PublishAck>> acks = new ArrayDeque<>();

    StreamFill(Connection connection, VerifyWay way, String topic) throws Exception {
        this.stream = connection.jetStream();
        this.way = way;
        this.topic = topic;
    }

    /** The value of a record. */
    static String value(int record) {
        return "value of record " + record;
    }

    /** Stores so many records and nothing else. */
    void all(int records) throws Exception {
        for (int i = 0; i < records; i++) {
            publish(i);
        }
        end();
    }

    /**
     * Stores so many records with one message less, one more of a record, two in the wrong order, and one of somebody else.
     *
     * @param missing record that is not stored
     * @param twice record that is stored once more in the end
     * @param swapped record that is stored behind its successor in the partition
     * @param foreign record before which another message is stored
     */
    void tampered(int records, int missing, int twice, int swapped, int foreign) throws Exception {
        for (int i = 0; i < records; i++) {
            if (i == foreign) {
                store(way.subject() + ".0", null, "of somebody else");
            }
            if (i != missing) {
                publish(i == swapped ? i + 2 : i == swapped + 2 ? i - 2 : i);
            }
        }
        end();
        // The stream forgets ids soon after its duplicate window.
        Awaitility.await("message " + twice + " to be stored again").until(() -> {
            publish(twice);
            return !acks.remove().get().isDuplicate();
        });
    }

    private void publish(int record) throws Exception {
        int partition = record % 2;
        int offset = record / 2;
        Headers headers = new Headers();
        if (way == VerifyWay.COORDINATES) {
            headers.put("Kafka-Topic", topic)
                    .put("Kafka-Partition", Integer.toString(partition))
                    .put("Kafka-Offset", Integer.toString(offset));
        } else if (way == VerifyWay.IDS) {
            headers.put("Nats-Msg-Id", "verified:" + topic + ":" + partition + ":" + offset);
        }
        store(way.subject() + "." + partition, headers.isEmpty() ? null : headers, value(record));
    }

    private void store(String subject, Headers headers, String payload) throws Exception {
        acks.add(stream.publishAsync(NatsMessage.builder()
                .subject(subject)
                .headers(headers)
                .data(payload, StandardCharsets.UTF_8)
                .build()));
        if (acks.size() > IN_FLIGHT) {
            acks.remove().get();
        }
    }

    private void end() throws ExecutionException, InterruptedException {
        while (!acks.isEmpty()) {
            acks.remove().get();
        }
    }
}
