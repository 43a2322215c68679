package io.jetsink.bench.bare;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.api.PublishAck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** What {@code put} was given is stored when it returns. */
public final class BareBatchTask extends BareTask {
    private final List<CompletableFuture<PublishAck>> acks = new ArrayList<>();
    private @Nullable JetStream jetStream;

    @Override
    void started(Connection opened) throws IOException {
        jetStream = opened.jetStream();
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        JetStream open = jetStream;
        if (open == null) {
            throw new IllegalStateException("not started");
        }
        for (SinkRecord record : records) {
            acks.add(open.publishAsync(subject(), (byte[]) record.value()));
        }
        try {
            for (CompletableFuture<PublishAck> ack : acks) {
                ack.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new ConnectException("not stored", e);
        }
        acks.clear();
    }
}
