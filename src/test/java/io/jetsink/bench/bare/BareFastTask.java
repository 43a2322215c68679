package io.jetsink.bench.bare;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;

/** Streams into one batch, held back by its acks, and ends it before each commit. Anything unexpected fails the task. */
public final class BareFastTask extends BareTask {
    private static final int FLOW = 500;
    private static final int BEGIN = 0;
    private static final int GO_ON = 1;
    private static final int END = 3;
    private static final byte[] EMPTY = {};

    private final BlockingQueue<Message> answers = new LinkedBlockingQueue<>();
    private final StringBuilder reply = new StringBuilder();
    private String inbox = "";
    private int replyStem;
    private long sent;
    private long acked;

    @Override
    void started(Connection opened) {
        inbox = opened.createInbox();
        opened.createDispatcher(answers::add).subscribe(inbox + ".>");
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        for (SinkRecord record : records) {
            while (sent - acked >= WINDOW) {
                acked = Math.max(acked, JsonValueUtils.readLong(answer("ack"), "seq", 0));
            }
            if (sent == 0) {
                reply.setLength(0);
                reply.append(inbox)
                        .append('.')
                        .append(NUID.nextGlobal())
                        .append('.')
                        .append(FLOW)
                        .append(".fail.");
                replyStem = reply.length();
            }
            String to = reply(sent + 1, sent == 0 ? BEGIN : GO_ON);
            connection().publish(subject(), to, null, (byte[]) record.value());
            sent++;
        }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> current) {
        if (sent > 0) {
            connection().publish(subject(), reply(sent + 1, END), null, EMPTY);
            long count = -1;
            while (count < 0) {
                count = JsonValueUtils.readLong(answer("ack", ""), "count", -1);
            }
            if (count != sent) {
                throw new ConnectException("stored " + count + " of " + sent);
            }
            sent = 0;
            acked = 0;
        }
        return current;
    }

    /** The next answer, which is of one of these types; the final one has none. */
    private JsonValue answer(String... types) {
        try {
            Message message = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (message == null) {
                throw new ConnectException("no answer");
            }
            JsonValue json = JsonParser.parse(message.getData());
            String type = JsonValueUtils.readString(json, "type", "");
            for (String expected : types) {
                if (type.equals(expected) && JsonValueUtils.readValue(json, "error") == null) {
                    return json;
                }
            }
            throw new ConnectException("an answer of type \"" + type + "\"");
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (JsonParseException e) {
            throw new ConnectException("an answer that is no JSON", e);
        }
    }

    private String reply(long sequence, int operation) {
        reply.setLength(replyStem);
        return reply.append(sequence)
                .append('.')
                .append(operation)
                .append(".$FI")
                .toString();
    }
}
