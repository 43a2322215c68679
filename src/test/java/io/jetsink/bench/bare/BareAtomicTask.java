package io.jetsink.bench.bare;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Iterator;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;

/** A batch is stored when {@code put} returns. */
public final class BareAtomicTask extends BareTask {
    /** The server's default limit. */
    private static final int MOST = 1_000;

    @Override
    void started(Connection opened) {
        // Nothing to prepare.
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        Iterator<SinkRecord> rest = records.iterator();
        while (rest.hasNext()) {
            store(rest);
        }
    }

    private void store(Iterator<SinkRecord> rest) {
        String id = NUID.nextGlobal();
        int sequence = 1;
        SinkRecord record = rest.next();
        while (rest.hasNext() && sequence < MOST) {
            connection().publish(subject(), headers(id, sequence), (byte[]) record.value());
            sequence++;
            record = rest.next();
        }
        Headers last = headers(id, sequence).put("Nats-Batch-Commit", "1");
        commit(last, (byte[]) record.value(), sequence);
    }

    private void commit(Headers headers, byte[] value, int size) {
        try {
            Message ack = connection().request(subject(), headers, value, PATIENCE);
            String text = ack == null ? "no ack" : new String(ack.getData(), StandardCharsets.UTF_8);
            if (!text.contains("\"count\":" + size)) {
                throw new ConnectException("a batch of " + size + " is not stored: " + text);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static Headers headers(String id, int sequence) {
        return new Headers().put("Nats-Batch-Id", id).put("Nats-Batch-Sequence", Integer.toString(sequence));
    }
}
