package io.jetsink.publish.objects;

import io.jetsink.message.OutboundMessage;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.PendingRecord;
import io.jetsink.publish.PermissionsViolation;
import io.jetsink.publish.Publisher;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Puts a payload that is too large for a message into an object store ({@code oversize=object-store}) and hands a message on
 * that points there, as soon as the object is complete. Nothing overtakes it meanwhile.
 *
 * <p><b>Threads.</b> Objects are stored by a thread of the connection's pool, one at a time; all else is the task's.
 */
final class ObjectStorePublisher implements Publisher {
    static final String BUCKET = "Jetsink-Object-Bucket";
    static final String NAME = "Jetsink-Object-Name";
    static final String SIZE = "Jetsink-Object-Size";
    static final String DIGEST = "Jetsink-Object-Digest";

    /** Begins all subjects of object stores (ADR-20). */
    private static final String OBJECTS = "$O.";

    private static final byte[] EMPTY = {};

    private final Publisher publisher;
    private final Store store;
    private final ObjectNames names;
    private final long limit;
    private final Executor executor;
    private @Nullable Upload upload;

    /** Stores an object and returns when it is complete. */
    @FunctionalInterface
    interface Store {
        void store(String name, byte[] payload, String digest) throws Exception;
    }

    /**
     * @param publisher that gets everything else
     * @param limit how large a message may be, in bytes with its headers
     */
    ObjectStorePublisher(Publisher publisher, Store store, ObjectNames names, long limit, Executor executor) {
        this.publisher = publisher;
        this.store = store;
        this.names = names;
        this.limit = limit;
        this.executor = executor;
    }

    @Override
    public int window() {
        return publisher.window();
    }

    @Override
    public Look look(PendingRecord publication) {
        return publisher.look(publication);
    }

    @Override
    public void rejected(PendingRecord publication) {
        publisher.rejected(publication);
    }

    @Override
    public void assigned(Iterable<AssignedPartition> partitions) {
        publisher.assigned(partitions);
    }

    @Override
    public long dueNanos() {
        return publisher.dueNanos();
    }

    @Override
    public boolean publish(long position, PendingRecord publication) {
        if (size(publication.message()) <= limit) {
            return publisher.publish(position, publication);
        }
        Upload present = upload;
        if (present != null && !present.done.isDone()) {
            return false;
        }
        if (present == null || present.position != position) {
            // Nothing more comes until it is stored.
            publisher.flush();
            upload = begin(position, publication);
            return false;
        }
        return !present.done.isCompletedExceptionally() && point(present, publication);
    }

    private boolean point(Upload stored, PendingRecord publication) {
        boolean taken = publisher.publish(stored.position, new Pointer(publication, stored.done.join()));
        if (taken) {
            upload = null;
        }
        return taken;
    }

    private @Nullable Upload begin(long position, PendingRecord publication) {
        OutboundMessage message = publication.message();
        String name = names.of(publication.record());
        CompletableFuture<OutboundMessage> done = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                try {
                    String digest = digest(message.payload());
                    store.store(name, message.payload(), digest);
                    done.complete(pointer(message, name, digest));
                } catch (Throwable e) {
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException closed) {
            // The link hears of it.
            return null;
        }
        return new Upload(position, done);
    }

    private OutboundMessage pointer(OutboundMessage message, String name, String digest) {
        Headers headers = message.headers() == null ? new Headers() : new Headers(message.headers());
        headers.put(BUCKET, names.bucket())
                .put(NAME, name)
                .put(SIZE, Integer.toString(message.payload().length))
                .put(DIGEST, digest);
        return new OutboundMessage(message.subject(), new Headers(headers, true), EMPTY);
    }

    private static String digest(byte[] payload) throws NoSuchAlgorithmException {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(payload);
        return "SHA-256=" + Base64.getUrlEncoder().encodeToString(hash);
    }

    private static long size(OutboundMessage message) {
        Headers headers = message.headers();
        return message.payload().length + (headers == null ? 0L : headers.serializedLength());
    }

    @Override
    public void harvest(Outcomes outcomes) {
        publisher.harvest(outcomes);
        Upload present = upload;
        if (present != null && !present.told && present.done.isCompletedExceptionally()) {
            present.told = true;
            outcomes.epochFailed(present.failure());
        }
    }

    @Override
    public int ahead() {
        return publisher.ahead();
    }

    @Override
    public boolean publishAhead(long position, PendingRecord publication) {
        return size(publication.message()) <= limit && publisher.publishAhead(position, publication);
    }

    @Override
    public @Nullable IOException ackedElsewhere() {
        return publisher.ackedElsewhere();
    }

    /** An object that is not complete holds back the record, whatever becomes of messages. */
    @Override
    public boolean endures(PermissionsViolation denied) {
        return !denied.subject().startsWith(OBJECTS) && publisher.endures(denied);
    }

    @Override
    public void flush() {
        publisher.flush();
    }

    @Override
    public boolean await(long position, long nanos) throws InterruptedException {
        if (publisher.await(position, nanos)) {
            return true;
        }
        Upload present = upload;
        if (present == null || present.done.isDone()) {
            return false;
        }
        try {
            present.done.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException known) {
            // Looked at by publish and harvest.
            return true;
        }
        return true;
    }

    /** The object of one record, on its way or stored. */
    private static final class Upload {
        final long position;
        final CompletableFuture<OutboundMessage> done;
        boolean told;

        Upload(long position, CompletableFuture<OutboundMessage> done) {
            this.position = position;
            this.done = done;
        }

        /** Only of one that has failed. */
        Throwable failure() {
            return done.handle((stored, why) -> why).join();
        }
    }

    private record Pointer(PendingRecord original, OutboundMessage message) implements PendingRecord {
        @Override
        public SinkRecord record() {
            return original.record();
        }

        @Override
        public AssignedPartition partition() {
            return original.partition();
        }
    }
}
