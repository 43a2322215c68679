package io.jetsink.delivery;

import static io.jetsink.delivery.PipelineFixture.P0;
import static io.jetsink.delivery.PipelineFixture.P1;
import static io.jetsink.delivery.PipelineFixture.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.publish.Failures;
import io.jetsink.support.Logged;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records that the stream drops as duplicates, by their ids. */
class SinkPipelineDuplicatesTest {
    private final PipelineFixture task = new PipelineFixture();
    private Logged log;

    @BeforeEach
    void listen() {
        log = Logged.begin();
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void settlesADuplicate() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "b");

        publisher.ackDuplicate("a");

        assertThat(task.committable()).isEqualTo(2);
        publisher.ackDuplicate("b");
        assertThat(task.committable()).isEqualTo(3);
    }

    @Test
    void logsADuplicateThatWasNotSentBefore() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a");

        publisher.ackDuplicate("a");
        task.put();

        assertThat(logged())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("WARN [JS-5017] orders-0: orders-0@1: ")
                        .contains("nothing was stored (1 of this partition so far)", "message.id.prefix"));
    }

    @Test
    void doesNotLogADuplicateThatWasSentBefore() throws InterruptedException {
        FakePublisher first = task.connectAndProve();
        task.put("a", "b");
        first.fail("a", Failures.noResponders());
        task.put();
        FakePublisher second = task.connect();
        task.put();

        second.ackDuplicate("a");
        task.put();
        second.ackDuplicate("b");
        task.put();

        assertThat(logged()).isEmpty();
        task.put("c");
        second.ackDuplicate("c");
        task.put();
        assertThat(logged()).hasSize(1);
    }

    @Test
    void logsDuplicatesOfEachAssignmentAtPowersOfTwo() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.open(P0, P1);
        for (int i = 0; i < 9; i++) {
            task.put("a" + i);
            publisher.ackDuplicate("a" + i);
        }
        task.put(record(P1, 5, "b"));
        publisher.ackDuplicate("b");
        task.put();

        assertThat(logged())
                .extracting(line -> line.replaceAll(".*(orders-\\d@\\d+): .*\\((\\d+) of this.*", "$1 $2"))
                .containsExactly("orders-0@1 1", "orders-0@2 2", "orders-0@4 4", "orders-0@8 8", "orders-1@5 1");
    }

    @Test
    void doesNotLogWhatIsSettledAlready() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "b");
        publisher.ackDuplicate("a");
        publisher.ackThrough("b");
        task.put();

        assertThat(logged()).hasSize(1);
        assertThat(task.committable()).isEqualTo(3);
    }

    private List<String> logged() {
        return log.lines("already has a message with this id");
    }
}
