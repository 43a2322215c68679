package io.jetsink.task;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A setting of the stream is switched under load, and back: no record is condemned for it, and its name is logged. TTLs and
 * counters cannot be switched off or on (nats-server 2.15.1).
 */
class StreamFlagsIT {
    private static final String STREAM = "orders";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int POLL = 200;

    private Logged logged;
    private NatsServer nats;
    private Connection direct;
    private FakeWorker worker;

    @BeforeEach
    void open() throws Exception {
        logged = Logged.begin();
        nats = NatsServer.start();
        direct = nats.connect();
        direct.jetStreamManagement().addStream(stream().build());
    }

    @AfterEach
    void close() throws Exception {
        if (worker != null) {
            worker.stop();
        }
        direct.close();
        nats.close();
        logged.close();
    }

    @ParameterizedTest
    @CsvSource({
        "rollup,   exactly-once,  auto,  allow-rollup",
        "subjects, at-least-once, fast,  --subjects",
        "subjects, at-least-once, async, --subjects",
    })
    void condemnsNothing(String flag, String guarantee, String mode, String named) throws Exception {
        switched(flag, guarantee, mode, named);
    }

    @Tag("faults")
    @ParameterizedTest
    @CsvSource({
        "subjects, exactly-once,  auto,  --subjects",
        "atomic,   exactly-once,  auto,  allow-batch",
        "batched,  at-least-once, fast,  allow-fast",
        "messages, exactly-once,  auto,  raise the limits",
        "messages, at-least-once, fast,  raise the limits",
        "messages, at-least-once, async, raise the limits",
        "size,     exactly-once,  auto,  ''",
        "size,     at-least-once, fast,  ''",
        "size,     at-least-once, async, ''",
    })
    void condemnsNothingEither(String flag, String guarantee, String mode, String named) throws Exception {
        switched(flag, guarantee, mode, named);
    }

    /** That setting cannot be edited. */
    @ParameterizedTest
    @CsvSource({"at-least-once, auto", "exactly-once, auto"})
    void aStreamOfCountersIsRefusedAtStart(String guarantee, String mode) throws Exception {
        direct.jetStreamManagement().deleteStream(STREAM);
        direct.jetStreamManagement()
                .addStream(stream().allowMessageTtl(false).allowMessageCounter().build());
        start(guarantee, mode, Map.of());
        worker.offer(POLL);
        worker.until(
                "a WARN", PATIENCE, () -> !logged.lines("allow_msg_counter").isEmpty());

        assertThat(worker.rejected).isEmpty();
        assertThat(worker.committable()).isZero();
    }

    /** Nobody looks at the stream: the server's refusals alone say it. */
    @ParameterizedTest
    @CsvSource({"fast", "async"})
    void aStreamOfCountersCondemnsNothing(String mode) throws Exception {
        direct.jetStreamManagement().deleteStream(STREAM);
        direct.jetStreamManagement()
                .addStream(stream().allowMessageTtl(false).allowMessageCounter().build());
        start("at-least-once", mode, Map.of("preflight", "off"));
        worker.offer(POLL);
        worker.until(
                "a WARN", PATIENCE, () -> !logged.lines("allow_msg_counter").isEmpty());

        assertThat(worker.rejected).isEmpty();
    }

    private void switched(String flag, String guarantee, String mode, String named) throws Exception {
        start(guarantee, mode, Map.of());
        worker.feed(5 * POLL);
        worker.drain(PATIENCE);

        edit(off(flag));
        if (named.isEmpty()) {
            worker.feed(POLL);
            worker.drain(PATIENCE);
        } else {
            worker.offer(POLL);
            worker.offer(POLL);
            worker.until(
                    "a WARN that names it", PATIENCE, () -> !logged.lines(named).isEmpty());
            assertThat(logged.lines(named).get(0)).startsWith("WARN ");
        }
        edit(stream -> stream);
        worker.feed(POLL);
        worker.drain(PATIENCE);

        assertThat(worker.rejected).isEmpty();
        List<String> stored = stored();
        assertThat(stored).as("lost").containsAll(numbers());
        if (guarantee.equals("exactly-once")) {
            assertThat(stored).as("stored twice").doesNotHaveDuplicates();
        }
    }

    private static UnaryOperator<StreamConfiguration.Builder> off(String flag) {
        return stream -> switch (flag) {
            case "rollup" -> stream.allowRollup(false);
            case "atomic" -> stream.allowAtomicPublish(false);
            case "batched" -> stream.allowBatched(false);
            case "messages" -> stream.maxMessages(1).discardPolicy(DiscardPolicy.New);
            case "size" -> stream.maximumMessageSize(1_000);
            default -> stream.subjects("others", "jetsink.offsets.>");
        };
    }

    private void edit(UnaryOperator<StreamConfiguration.Builder> change) throws IOException, JetStreamApiException {
        direct.jetStreamManagement().updateStream(change.apply(stream()).build());
    }

    private static StreamConfiguration.Builder stream() {
        return StreamConfiguration.builder()
                .name(STREAM)
                .subjects(STREAM, "jetsink.offsets.>")
                .allowBatched()
                .allowAtomicPublish()
                .allowMessageTtl()
                .allowRollup(true);
    }

    private void start(String guarantee, String mode, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                "flags",
                "topics",
                STREAM,
                "nats.servers",
                nats.url(),
                "jetstream.stream",
                STREAM,
                "delivery.guarantee",
                guarantee,
                "errors.tolerance",
                "all"));
        if (!guarantee.equals("exactly-once")) {
            config.put("publish.mode", mode);
        }
        config.putAll(more);
        worker = new FakeWorker(STREAM, new NatsJetStreamSinkTask());
        worker.start(config);
    }

    private List<String> numbers() {
        List<String> numbers = new ArrayList<>();
        for (long offset = 0; offset < worker.consumed(); offset++) {
            numbers.add(Long.toString(offset));
        }
        return numbers;
    }

    private List<String> stored() throws Exception {
        List<String> stored = new ArrayList<>();
        long last = direct.jetStreamManagement()
                .getStreamInfo(STREAM)
                .getStreamState()
                .getLastSequence();
        for (long sequence = 1; sequence > 0 && sequence <= last; ) {
            MessageInfo message = next(sequence);
            if (message == null) {
                break;
            }
            stored.add(new String(message.getData(), US_ASCII).split(":", -1)[1]);
            sequence = message.getSeq() + 1;
        }
        return stored;
    }

    private MessageInfo next(long sequence) throws IOException, JetStreamApiException {
        try {
            return direct.jetStreamManagement().getNextMessage(STREAM, sequence, STREAM);
        } catch (JetStreamApiException none) {
            if (none.getErrorCode() == 404) {
                return null;
            }
            throw none;
        }
    }
}
