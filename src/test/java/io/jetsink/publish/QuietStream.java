package io.jetsink.publish;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A stream as nats-server 2.15 keeps it, for several connections: it acks single messages, and with fast-ingest batches it
 * does what jetstream_batching.go does. A batch is forgotten after ten idle seconds, and while another one is open the
 * server acks each message at first.
 */
final class QuietStream {
    private static final long FORGOTTEN = Duration.ofSeconds(10).toNanos();
    private static final int START = 0;
    private static final int APPEND = 1;
    private static final int COMMIT = 2;
    private static final int FROM_END = 5;

    private final LongSupplier clock;
    private final Map<String, Batch> open = new HashMap<>();
    private long sequence;
    int unknown;

    QuietStream(LongSupplier clock) {
        this.clock = clock;
    }

    /** One more connection. */
    FakeConnection connect() {
        FakeConnection connection = new FakeConnection();
        connection.server = message -> received(connection, message);
        return connection;
    }

    long messages() {
        return sequence;
    }

    private void received(FakeConnection connection, FakeConnection.Sent message) {
        if (!message.reply().endsWith(".$FI")) {
            sequence++;
            connection.answer(message.reply(), "{\"stream\":\"ORDERS\",\"seq\":" + sequence + "}");
            return;
        }
        long now = clock.getAsLong();
        open.values().removeIf(batch -> now - batch.touchedAt > FORGOTTEN);
        String[] tail = message.tail().split("\\.");
        int operation = Integer.parseInt(tail[tail.length - 2]);
        long number = Long.parseLong(tail[tail.length - FROM_END + 2]);
        Batch batch = open.get(message.batch());
        if (batch == null && number != 1) {
            unknown++;
            connection.error(message.reply(), 10208);
            return;
        }
        if (batch == null) {
            batch = new Batch(Integer.parseInt(tail[0]), open.isEmpty());
            open.put(message.batch(), batch);
        }
        batch.touchedAt = now;
        if (operation == START) {
            connection.answer(message.reply(), batch.ack());
        }
        if (operation <= COMMIT) {
            batch.stored++;
            sequence++;
        }
        if (operation <= APPEND) {
            if (batch.stored >= batch.ackedThrough + batch.step) {
                batch.advance(open.size());
                connection.answer(message.reply(), batch.ack());
            }
        } else {
            open.remove(message.batch());
            connection.answer(
                    message.reply(),
                    "{\"stream\":\"ORDERS\",\"seq\":" + sequence + ",\"batch\":\"" + message.batch() + "\",\"count\":"
                            + batch.stored + "}");
        }
    }

    private static final class Batch {
        private final int most;
        private int step;
        private long stored;
        private long ackedThrough;
        private long touchedAt;

        Batch(int most, boolean alone) {
            this.most = most;
            this.step = alone ? most : 1;
        }

        void advance(int batches) {
            ackedThrough += (stored - ackedThrough) / step * step;
            int fair = Math.max(1, Math.min(most, 500 / batches));
            step = step < fair ? Math.min(2 * step, fair) : Math.max(step / 2, fair);
        }

        String ack() {
            return "{\"type\":\"ack\",\"seq\":" + ackedThrough + ",\"msgs\":" + step + "}";
        }
    }
}
