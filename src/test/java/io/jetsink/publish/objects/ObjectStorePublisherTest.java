package io.jetsink.publish.objects;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.Pending;
import io.jetsink.publish.PendingRecord;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.Told;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.lang.Thread.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ObjectStorePublisherTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(30);
    private static final int LIMIT = 10;

    private final Underneath underneath = new Underneath();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<String> stored = new ArrayList<>();
    private final Told told = new Told();
    private Exception failure;
    private boolean shutDown;

    private final ObjectStorePublisher publisher = new ObjectStorePublisher(
            underneath,
            (name, payload, digest) -> {
                if (failure != null) {
                    throw failure;
                }
                stored.add(name + " " + new String(payload, US_ASCII) + " " + digest);
            },
            new ObjectNames("large", "c"),
            LIMIT,
            task -> {
                if (shutDown) {
                    throw new RejectedExecutionException();
                }
                tasks.add(task);
            });

    @Test
    void handsOnWhatFits() {
        assertThat(publisher.publish(3, record("0123456789"))).isTrue();

        assertThat(underneath.taken).containsExactly("3 0123456789 null");
        assertThat(tasks).isEmpty();
    }

    @Test
    void countsHeaders() {
        assertThat(publisher.publish(0, record("0123456789", new Headers().put("a", "b"))))
                .isFalse();
        assertThat(tasks).hasSize(1);
    }

    @Test
    void pointsToWhatIsStoredAndNotBefore() {
        PendingRecord large = record("0123456789a", new Headers().put("own", "1"));
        assertThat(publisher.publish(4, large)).isFalse();
        assertThat(publisher.publish(4, large)).isFalse();
        assertThat(underneath.taken).isEmpty();

        work();
        assertThat(publisher.publish(4, large)).isTrue();

        String digest = "SHA-256=c87aZ2eQM_Ro6B_HCcB_22vALgtt9e3zFNrF9PaTGyc=";
        assertThat(stored).containsExactly("c/t%2Ex/2/7 0123456789a " + digest);
        assertThat(underneath.headers.getFirst("own")).isEqualTo("1");
        assertThat(underneath.headers.getFirst("Jetsink-Object-Bucket")).isEqualTo("large");
        assertThat(underneath.headers.getFirst("Jetsink-Object-Name")).isEqualTo("c/t%2Ex/2/7");
        assertThat(underneath.headers.getFirst("Jetsink-Object-Size")).isEqualTo("11");
        assertThat(underneath.headers.getFirst("Jetsink-Object-Digest")).isEqualTo(digest);
        assertThat(underneath.taken).singleElement().asString().startsWith("4  ");
    }

    @Test
    void endsWhatIsInHandBeforeTheWait() {
        publisher.publish(0, record("0123456789a"));

        assertThat(underneath.flushes).isEqualTo(1);
    }

    @Test
    void offersAPointerAgainThatWasNotTaken() {
        PendingRecord large = record("0123456789a");
        publisher.publish(0, large);
        work();
        underneath.takes = false;
        assertThat(publisher.publish(0, large)).isFalse();
        underneath.takes = true;
        assertThat(publisher.publish(0, large)).isTrue();

        assertThat(stored).hasSize(1);
    }

    @Test
    void storesOneAfterTheOtherWhenPositionsComeAgain() {
        PendingRecord late = record("late-0123456789");
        PendingRecord early = record("early-0123456789");
        publisher.publish(5, late);
        assertThat(publisher.publish(4, early)).isFalse();
        assertThat(tasks).hasSize(1);
        work();
        assertThat(publisher.publish(4, early)).isFalse();
        work();
        assertThat(publisher.publish(4, early)).isTrue();
        assertThat(publisher.publish(5, late)).isFalse();
        work();
        assertThat(publisher.publish(5, late)).isTrue();

        assertThat(stored).hasSize(3);
        assertThat(underneath.taken).hasSize(2).element(0).asString().startsWith("4 ");
    }

    @Test
    void tellsAFailureOnceAndPointsNowhere() {
        failure = new IOException("no ack");
        PendingRecord large = record("0123456789a");
        publisher.publish(6, large);
        publisher.harvest(told);
        assertThat(told.lines).isEmpty();
        work();

        publisher.harvest(told);
        publisher.harvest(told);

        assertThat(told.lines).containsExactly("epoch failed");
        assertThat(told.causes).containsExactly(failure);
        assertThat(publisher.publish(6, large)).isFalse();
        assertThat(underneath.taken).isEmpty();
    }

    @Test
    void letsARefusalOfThePointerThrough() {
        PendingRecord large = record("0123456789a");
        publisher.publish(0, large);
        work();
        underneath.refusal = new RejectedRecordException(ErrorCode.NO_SUBJECT, "no such subject");

        assertThatThrownBy(() -> publisher.publish(0, large)).isSameAs(underneath.refusal);
    }

    @Test
    void takesNothingWhenTheConnectionIsClosed() throws Exception {
        shutDown = true;

        assertThat(publisher.publish(0, record("0123456789a"))).isFalse();
        assertThat(publisher.await(0, LONG)).isFalse();
    }

    @Test
    void waitsForTheObjectWhenNothingElseIsUnderWay() throws Exception {
        publisher.publish(0, record("0123456789a"));
        Thread waiting = Thread.currentThread();
        Thread worker = new Thread(() -> {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> waiting.getState() == State.TIMED_WAITING);
            work();
        });
        worker.start();

        assertThat(publisher.await(0, LONG)).isTrue();

        worker.join();
        assertThat(publisher.await(0, LONG)).as("nothing to wait for").isFalse();
        assertThat(publisher.publish(0, record("0123456789a"))).isTrue();
    }

    @Test
    void waitsForWhatIsUnderWayFirst() throws Exception {
        underneath.waits = true;
        publisher.publish(0, record("0123456789a"));

        assertThat(publisher.await(0, LONG)).isTrue();
    }

    private void work() {
        tasks.remove().run();
    }

    private static PendingRecord record(String payload) {
        return record(payload, null);
    }

    private static PendingRecord record(String payload, Headers headers) {
        OutboundMessage message = new OutboundMessage("s", headers, payload.getBytes(US_ASCII));
        SinkRecord record = new SinkRecord("t.x", 2, null, null, null, null, 7);
        AssignedPartition partition = new AssignedPartition("task-0", new TopicPartition("t.x", 2));
        return new Pending(partition, record, message);
    }

    private static final class Underneath implements Publisher {
        final List<String> taken = new ArrayList<>();
        Headers headers;
        RuntimeException refusal;
        boolean takes = true;
        boolean waits;
        int flushes;

        @Override
        public Mode mode() {
            return Mode.ASYNC;
        }

        @Override
        public int window() {
            return 4;
        }

        @Override
        public boolean publish(long position, PendingRecord publication) {
            if (refusal != null) {
                throw refusal;
            }
            if (takes) {
                headers = publication.message().headers();
                taken.add(position + " " + new String(publication.message().payload(), US_ASCII) + " "
                        + (headers == null ? null : headers.keySet()));
                assertThat(publication.record().kafkaOffset()).isEqualTo(7);
                assertThat(publication.partition().id().partition()).isEqualTo(2);
            }
            return takes;
        }

        @Override
        public void harvest(Outcomes outcomes) {
            // Nothing is told here.
        }

        @Override
        public void flush() {
            flushes++;
        }

        @Override
        public boolean await(long position, long nanos) {
            return waits;
        }
    }
}
