package io.jetsink.support.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.MessageInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What messages are published to: a {@link NatsServer} on its own or a {@link NatsCluster}. */
public interface NatsTarget extends AutoCloseable {
    /** As in {@code nats.servers}. */
    String addresses();

    /** A plain connection for the test itself, to any server. */
    Connection connect() throws IOException, InterruptedException;

    interface Question<T> {
        T ask(JetStreamManagement streams) throws Exception;
    }

    default <T> T ask(Question<T> question) {
        try (Connection connection = connect()) {
            return question.ask(connection.jetStreamManagement());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The number of messages in a stream, markers included. */
    default long stored(String stream) {
        return ask(streams -> streams.getStreamInfo(stream).getStreamState().getMsgCount());
    }

    default long lastSequence(String stream) {
        return ask(streams -> streams.getStreamInfo(stream).getStreamState().getLastSequence());
    }

    /** The messages of a stream, one request each. A consumer may read a replica that lags. */
    default List<MessageInfo> messages(String stream) {
        return ask(streams -> {
            List<MessageInfo> messages = new ArrayList<>();
            long last = streams.getStreamInfo(stream).getStreamState().getLastSequence();
            for (long sequence = 1; sequence <= last; sequence++) {
                messages.add(streams.getMessage(stream, sequence));
            }
            return messages;
        });
    }

    @Override
    void close();
}
