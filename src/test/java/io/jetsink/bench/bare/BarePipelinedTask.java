package io.jetsink.bench.bare;

import io.nats.client.Connection;
import io.nats.client.Message;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;

/** Counts acks, and never reads more of an ack than whether it is an error. */
public final class BarePipelinedTask extends BareTask {
    private final Semaphore window = new Semaphore(WINDOW);
    private volatile String error = "";
    private String inbox = "";

    @Override
    void started(Connection opened) {
        inbox = opened.createInbox();
        opened.createDispatcher(this::acked).subscribe(inbox);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        for (SinkRecord record : records) {
            await(1);
            connection().publish(subject(), inbox, null, (byte[]) record.value());
        }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> current) {
        await(WINDOW);
        window.release(WINDOW);
        return current;
    }

    private void acked(Message ack) {
        // {"error": …}; an ack begins with the name of the stream.
        byte[] data = ack.getData();
        if (data.length < 4 || data[2] != 's') {
            error = "no ack: " + new String(data, StandardCharsets.UTF_8);
        }
        window.release();
    }

    private void await(int permits) {
        try {
            if (!window.tryAcquire(permits, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new ConnectException("no acks");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        if (!error.isEmpty()) {
            throw new ConnectException(error);
        }
    }
}
