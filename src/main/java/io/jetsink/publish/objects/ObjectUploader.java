package io.jetsink.publish.objects;

import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.OutageException;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.Message;
import io.nats.client.api.ObjectInfo;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.nats.client.support.NatsJetStreamConstants;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts objects into a bucket, as NATS' clients read them. Theirs to write is not used (jnats 2.26.2): what it has sent when
 * it is interrupted stays for ever, and what it says last is not fenced.
 *
 * <p>Chunks bear an id of their attempt and are of no account until the object's meta message names that id. It replaces
 * only the one that was there before; so one that a lost connection delivers late cannot bring back an older attempt, and
 * the chunks of that may be removed. Whoever finds or stores an object removes those of all attempts before, also of a task
 * that crashed.
 *
 * <p><b>Threads.</b> Any, one at a time; waits for the server.
 */
final class ObjectUploader {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectUploader.class);
    /** How many chunks may wait for their ack: 2 MiB of memory, and as much on the way. */
    private static final int WINDOW = 16;

    private final Connection connection;
    private final JetStream jetStream;
    private final ObjectBucket bucket;
    private final Duration patience;
    private final LinkRate rate;

    /**
     * @param patience how long the ack of a chunk may take, once those before it are there
     * @param rate what the task has measured of its link
     */
    ObjectUploader(Connection connection, ObjectBucket bucket, Duration patience, LinkRate rate) throws IOException {
        this.connection = connection;
        this.jetStream = connection.jetStream();
        this.bucket = bucket;
        this.patience = patience;
        this.rate = rate;
    }

    /**
     * Stores an object, unless it is there.
     *
     * @param name of ASCII
     * @param digest of the payload, as object stores write it
     * @throws IOException if it is not known to be stored
     */
    void store(String name, byte[] payload, String digest) throws IOException, InterruptedException {
        ObjectBucket.Stored stored = bucket.look(name, Duration.ofNanos(rate.aheadNanos()));
        if (stored.size() != payload.length || !stored.digest().equals(digest)) {
            stored = put(name, payload, digest, stored.sequence());
        }
        try {
            bucket.clean(name, stored);
        } catch (IOException e) {
            LOG.warn(
                    "chunks of interrupted attempts at object {} may stay in the object store: {}",
                    name,
                    e.getMessage());
        }
    }

    private ObjectBucket.Stored put(String name, byte[] payload, String digest, long replaces)
            throws IOException, InterruptedException {
        String id = ObjectBucket.newId(name);
        try {
            int chunks = publish(bucket.chunkSubject(id), payload);
            ObjectInfo info = ObjectInfo.builder(bucket.name(), name)
                    .nuid(id)
                    .size(payload.length)
                    .chunks(chunks)
                    .chunkSize(bucket.chunkSize())
                    .digest(digest)
                    .build();
            long sequence = tell(info, replaces);
            LOG.debug("object {} of {} bytes is stored in {} chunks", name, payload.length, chunks);
            return new ObjectBucket.Stored(sequence, id, payload.length, digest);
        } catch (ExecutionException | CancellationException e) {
            throw new OutageException(
                    "the object store " + bucket.name() + " (stream " + bucket.stream() + ") does not take object "
                            + name + ": " + FailureTriage.reason(e),
                    e);
        } catch (TimeoutException e) {
            throw new IOException(
                    "no ack from the object store " + bucket.name() + " in "
                            + patience().toMillis() + " ms",
                    e);
        }
    }

    private int publish(String subject, byte[] payload)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        int size = bucket.chunkSize();
        int chunks = 0;
        long window = Math.max(1, Math.min(WINDOW, rate.window() / size));
        Queue<CompletableFuture<PublishAck>> acks = new ArrayDeque<>();
        for (int from = 0; from < payload.length; from += size) {
            byte[] chunk = Arrays.copyOfRange(payload, from, Math.min(payload.length, from + size));
            if (acks.size() >= window) {
                await(acks.remove());
            }
            send(NatsMessage.builder().subject(subject).data(chunk).build(), acks);
            chunks++;
        }
        while (!acks.isEmpty()) {
            await(acks.remove());
        }
        return chunks;
    }

    private void send(Message chunk, Queue<CompletableFuture<PublishAck>> acks)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        for (; ; ) {
            try {
                acks.add(jetStream.publishAsync(chunk));
                return;
            } catch (IllegalStateException queueFullOrClosed) {
                if (acks.isEmpty()) {
                    throw new IOException("the connection takes no more", queueFullOrClosed);
                }
                await(acks.remove());
            }
        }
    }

    /** @return where this stands in the bucket's stream */
    private long tell(ObjectInfo info, long replaces)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Message meta = NatsMessage.builder()
                .subject(bucket.metaSubject(info.getObjectName()))
                .headers(new Headers()
                        .put(NatsJetStreamConstants.ROLLUP_HDR, NatsJetStreamConstants.ROLLUP_HDR_SUBJECT)
                        .put(NatsJetStreamConstants.EXPECTED_LAST_SUB_SEQ_HDR, Long.toString(replaces)))
                .data(info.serialize())
                .build();
        Queue<CompletableFuture<PublishAck>> acks = new ArrayDeque<>();
        send(meta, acks);
        return await(acks.remove()).getSeqno();
    }

    /** A chunk is behind what the task has in flight, and behind a window of others. */
    private Duration patience() {
        long chunks = Math.min(rate.window(), (long) WINDOW * bucket.chunkSize()) + bucket.chunkSize();
        return patience.plusNanos(rate.aheadNanos()).plus(rate.transit(chunks));
    }

    private PublishAck await(CompletableFuture<PublishAck> ack)
            throws InterruptedException, ExecutionException, TimeoutException {
        return ack.get(patience().toNanos(), TimeUnit.NANOSECONDS);
    }
}
