package io.jetsink.publish.objects;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
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
 * Stores objects in a bucket in the format of NATS' clients. jnats' own writer (2.26.2) is not used: an interrupted upload
 * leaves its chunks behind forever, and its meta message is not guarded by an expected sequence.
 *
 * <p>Each attempt has chunks with an id of its own, which have no effect until the object's meta message names that id. A meta
 * message replaces only the one that was there before it, so a lost connection that delivers it late cannot restore an older
 * attempt. Each upload removes the chunks of all earlier attempts, including those of a crashed task.
 *
 * <p>Threads: any, one at a time. The methods wait for the server.
 */
final class ObjectUploader {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectUploader.class);
    /** Number of chunks that may wait for their ack: 2 MiB of memory, and as much in the queue of the connection. */
    private static final int WINDOW = 16;

    private final String connector;
    private final Connection connection;
    private final JetStream jetStream;
    private final ObjectBucket bucket;
    private final Duration timeout;
    private final LinkRate rate;

    /**
     * @param connector its name, for log lines
     * @param timeout of the ack of a chunk, after the chunks before it were stored
     * @param rate what the task has measured of its link
     */
    ObjectUploader(String connector, Connection connection, ObjectBucket bucket, Duration timeout, LinkRate rate)
            throws IOException {
        this.connector = connector;
        this.connection = connection;
        this.jetStream = connection.jetStream();
        this.bucket = bucket;
        this.timeout = timeout;
        this.rate = rate;
    }

    /**
     * Stores an object unless it exists.
     *
     * @param name of ASCII characters
     * @param digest of the payload in the format of object stores
     * @throws IOException if it is not known whether the object is stored
     */
    void store(String name, byte[] payload, String digest) throws IOException, InterruptedException {
        ObjectBucket.Stored stored = bucket.lookUp(name, Duration.ofNanos(rate.aheadNanos()));
        if (stored.size() != payload.length || !stored.digest().equals(digest)) {
            stored = put(name, payload, digest, stored.sequence());
        }
        try {
            bucket.purgeStaleChunks(name, stored);
        } catch (IOException e) {
            LOG.warn(
                    "{} {}: chunks of interrupted attempts at object {} may stay in the object store: {}",
                    ErrorCode.OBJECT_STORE,
                    connector,
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
            long sequence = publishMeta(info, replaces);
            LOG.debug("object {} of {} bytes is stored in {} chunks", name, payload.length, chunks);
            return new ObjectBucket.Stored(sequence, id, payload.length, digest);
        } catch (ExecutionException | CancellationException e) {
            throw new OutageException(
                    ErrorCode.OBJECT_STORE,
                    "the object store " + bucket.name() + " (stream "
                            + bucket.stream().name() + ") has refused object " + name + ": "
                            + FailureTriage.describe(e),
                    e);
        } catch (TimeoutException e) {
            throw new CodedException(
                    ErrorCode.OBJECT_STORE,
                    "no ack from the object store " + bucket.name() + " in "
                            + ackTimeout().toMillis() + " ms",
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
                    throw new CodedException(
                            ErrorCode.OBJECT_STORE, "the connection accepts no more", queueFullOrClosed);
                }
                await(acks.remove());
            }
        }
    }

    /** @return the sequence of the meta message in the stream */
    private long publishMeta(ObjectInfo info, long replaces)
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

    /** A chunk is queued behind the messages in flight and a window of other chunks. */
    private Duration ackTimeout() {
        long chunks = Math.min(rate.window(), (long) WINDOW * bucket.chunkSize()) + bucket.chunkSize();
        return timeout.plusNanos(rate.aheadNanos()).plus(rate.transit(chunks));
    }

    private PublishAck await(CompletableFuture<PublishAck> ack)
            throws InterruptedException, ExecutionException, TimeoutException {
        return ack.get(ackTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }
}
