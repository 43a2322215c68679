package io.jetsink.publish.objects;

import io.jetsink.message.OutboundMessage;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.Futures;
import io.jetsink.publish.PendingRecord;
import io.jetsink.publish.PermissionsViolation;
import io.jetsink.publish.Publisher;
import io.nats.client.support.NatsObjectStoreUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Stores a payload that is too large for a message in an object store ({@code oversize=object-store}), and publishes a message
 * that points to the object when the object is complete (the claim-check pattern). No other message overtakes it.
 *
 * <p>Threads: a thread of the connection's pool stores objects, one at a time. All methods are called by the task thread.
 */
final class ObjectStorePublisher implements Publisher {
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
     * @param publisher of all messages
     * @param limit of a message in bytes, with its headers
     */
    ObjectStorePublisher(Publisher publisher, Store store, ObjectNames names, long limit, Executor executor) {
        this.publisher = publisher;
        this.store = store;
        this.names = names;
        this.limit = limit;
        this.executor = executor;
    }

    @Override
    public Mode mode() {
        return publisher.mode();
    }

    @Override
    public int window() {
        return publisher.window();
    }

    @Override
    public @Nullable CompletableFuture<Boolean> query(PendingRecord pending, Duration ahead) {
        return publisher.query(pending, ahead);
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
        if (publication.message().limitedSize() <= limit) {
            return publisher.publish(position, publication);
        }
        Upload present = upload;
        if (present != null && !present.done.isDone()) {
            return false;
        }
        if (present == null || present.position != position) {
            // No message is published until the object is stored.
            publisher.flush();
            upload = beginUpload(position, publication);
            return false;
        }
        boolean published = !present.done.isCompletedExceptionally()
                && publisher.publish(
                        position, new Pointer(publication.record(), publication.partition(), present.done.join()));
        if (published) {
            upload = null;
        }
        return published;
    }

    private @Nullable Upload beginUpload(long position, PendingRecord publication) {
        OutboundMessage message = publication.message();
        String name = names.of(publication.record());
        CompletableFuture<OutboundMessage> done = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                try {
                    String digest = ObjectPointer.digest(message.payload());
                    store.store(name, message.payload(), digest);
                    done.complete(ObjectPointer.to(names, name, message, digest));
                } catch (Throwable e) {
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException closed) {
            // The connection is closed, and the epoch ends.
            return null;
        }
        return new Upload(position, done);
    }

    @Override
    public void harvest(Outcomes outcomes) {
        publisher.harvest(outcomes);
        Upload present = upload;
        if (present != null && !present.reported && present.done.isCompletedExceptionally()) {
            present.reported = true;
            outcomes.epochFailed(present.failure());
        }
    }

    @Override
    public int ahead() {
        return publisher.ahead();
    }

    @Override
    public boolean publishAhead(long position, PendingRecord publication) {
        return publication.message().limitedSize() <= limit && publisher.publishAhead(position, publication);
    }

    @Override
    public @Nullable IOException ackedElsewhere() {
        return publisher.ackedElsewhere();
    }

    /** A permission that the upload lacks holds back the record, even if other messages can be published. */
    @Override
    public boolean endures(PermissionsViolation denied) {
        return !denied.subject().startsWith(NatsObjectStoreUtil.OBJ_SUBJECT_PREFIX) && publisher.endures(denied);
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
        return present != null && !present.done.isDone() && Futures.await(present.done, nanos);
    }

    /** The upload of one record. */
    private static final class Upload {
        final long position;
        final CompletableFuture<OutboundMessage> done;
        boolean reported;

        Upload(long position, CompletableFuture<OutboundMessage> done) {
            this.position = position;
            this.done = done;
        }

        /** Returns the cause of a failed upload. */
        Throwable failure() {
            return done.handle((stored, why) -> why).join();
        }
    }

    private record Pointer(SinkRecord record, AssignedPartition partition, OutboundMessage message)
            implements PendingRecord {}
}
