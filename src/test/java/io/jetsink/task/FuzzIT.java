package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.EncodedText;
import io.jetsink.support.HostileTexts;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamPosition;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Records that want to break out of their stream, through a task into a real server: each is stored under a subject that
 * tells its topic and key, or rejected with a reason, and nothing is written anywhere else.
 */
class FuzzIT {
    private static final long SEED = Long.getLong("jetsink.fuzz.seed", 20260801);
    private static final String STREAM = "FUZZ";
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    /** What the task asks of JetStream, and what JetStream tells of it. */
    private static final Pattern EXPECTED = Pattern.compile(
            "_INBOX\\..*|\\$JS\\.API\\.STREAM\\.(NAMES|INFO\\." + STREAM + ")|\\$JS\\.EVENT\\.ADVISORY\\.API");

    private static final List<String> COMMANDS = List.of(
            "Nats-Msg-Id", "nats-rollup", "Nats-Expected-Last-Sequence", "NATS-TTL", "Status", "KV-Operation", "");
    /** Far from what a server takes of headers, and percent-encoded three times as long. */
    private static final int MAX_HEADERS = 15_000;

    @RegisterExtension
    final TaskRig rig = new TaskRig(STREAM)
            .with("topics", "fuzz", "headers.include", "*")
            // A busy machine is no fault: each record is stored once, in order.
            .with("publish.ack.timeout.ms", "60000")
            // It publishes something of its own.
            .with("preflight", "off");

    private Connection connection;

    @BeforeEach
    void start() throws Exception {
        connection = rig.track(rig.connect());
        rig.create(StreamConfiguration.builder().name("VICTIM").subjects("victim.>"));
        connection.jetStream().publish("victim.1", "keep me".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anyRecordIsStoredUnderItsOwnSubjectOrRejected() throws Exception {
        rig.create(rig.stream("fuzz.>").allowBatched());

        run(20_000, "fuzz.${topic}.${key}", FuzzIT::behindTopicAndPrefix);
    }

    /** One token is all that this stream takes, and all that the template gives: whatever the key is. */
    @Test
    void aKeyAloneReachesNothingElse() throws Exception {
        rig.create(rig.stream("*").allowBatched());

        run(5_000, "${key}", FuzzIT::onItsOwn);
    }

    @Test
    @Tag("faults")
    void aMillionRecords() throws Exception {
        rig.create(rig.stream("fuzz.>").allowBatched());

        run(1_000_000, "fuzz.${topic}.${key}", FuzzIT::behindTopicAndPrefix);
    }

    private void run(int records, String template, Verdict verdict) throws Exception {
        List<String> streams = connection.jetStreamManagement().getStreamNames();
        FakeWorker worker = rig.prepare("fuzz");
        worker.deliver(FuzzIT::record);
        try (Watch watch = new Watch(rig.nats, template.substring(0, template.indexOf("$")))) {
            worker.start(rig.config(Map.of("subject", template)));
            worker.feed(records);
            worker.drain(PATIENCE);
            worker.stop();
            // Before anybody reads: whoever hears everything hears what goes to a consumer, too.
            watch.assertNothingElse(rig.stored());
        }
        Stored stored = new Stored(records, verdict);
        StreamChecker.read(connection, STREAM, stored::next);

        assertThat(stored.isComplete()).as(stored.toString()).isTrue();
        assertThat(offsets(worker.rejected)).containsExactlyElementsOf(stored.rejected);
        assertThat(worker.rejected).allMatch(reason -> reason.matches("(?s)[0-9]+: .*subject.*"));
        assertThat(stored.rejected).hasSizeBetween(records / 100, records / 3);
        assertThat(connection.jetStreamManagement().getStreamNames()).isEqualTo(streams);
        assertThat(rig.stored("VICTIM")).isEqualTo(1);
        assertThat(Files.readString(rig.nats.logs())).doesNotContain("[ERR]");
    }

    private static List<Long> offsets(List<String> rejected) {
        return rejected.stream()
                .map(reason -> Long.parseLong(reason.substring(0, reason.indexOf(':'))))
                .toList();
    }

    /** The same for the same offset, whenever it is asked for. */
    private static SinkRecord record(long offset) {
        SplittableRandom random = new SplittableRandom(SEED + offset);
        HostileTexts texts = new HostileTexts(random);
        String topic = random.nextInt(3) == 0 ? texts.text() : "orders." + random.nextInt(9);
        SinkRecord read = new SinkRecord("fuzz", 0, null, null, null, null, offset);
        return read.newRecord(
                topic, 0, null, key(random, texts), null, value(random, texts), null, headers(random, texts));
    }

    private static @Nullable Object key(SplittableRandom random, HostileTexts texts) {
        return switch (random.nextInt(40)) {
            case 0 -> null;
            case 1 -> Map.of("a", "b");
            case 2 -> List.of();
            case 3, 4 -> random.nextLong();
            case 5, 6, 7, 8, 9, 10 -> texts.bytes();
            default -> texts.text();
        };
    }

    private static @Nullable Object value(SplittableRandom random, HostileTexts texts) {
        return switch (random.nextInt(10)) {
            case 0 -> null;
            case 1 -> "{\"name\":\"EVIL\",\"subjects\":[\"evil\"]}";
            case 2 -> Map.of("name", "EVIL");
            default -> texts.bytes();
        };
    }

    private static ConnectHeaders headers(SplittableRandom random, HostileTexts texts) {
        ConnectHeaders headers = new ConnectHeaders();
        int left = MAX_HEADERS;
        for (int count = random.nextInt(4); count > 0; count--) {
            String name = random.nextInt(4) == 0 ? COMMANDS.get(random.nextInt(COMMANDS.size())) : texts.text();
            Object value = random.nextBoolean() ? texts.bytes() : texts.text();
            left -= EncodedText.bytes(name + value).length + (value instanceof byte[] bytes ? bytes.length : 0);
            if (left > 0) {
                headers.add(name, value, null);
            }
        }
        return headers;
    }

    private static byte @Nullable [] bytes(@Nullable Object key) {
        if (key instanceof String text) {
            return EncodedText.bytes(text);
        }
        if (key instanceof Long number) {
            return number.toString().getBytes(StandardCharsets.US_ASCII);
        }
        return key instanceof byte[] bytes ? bytes : null;
    }

    /** What has to become of a record, found without the connector's code. */
    @FunctionalInterface
    private interface Verdict {
        /** @param subject null: is it right that there is none? */
        boolean holds(SinkRecord record, @Nullable String subject);
    }

    private static boolean onItsOwn(SinkRecord record, @Nullable String subject) {
        byte[] key = bytes(record.key());
        boolean fits = key != null && key.length > 0 && EncodedText.length(key) <= 1024 && !isReserved(key);
        return subject == null ? !fits : fits && subject.indexOf('.') < 0 && isOf(subject, key);
    }

    private static boolean behindTopicAndPrefix(SinkRecord record, @Nullable String subject) {
        byte[] key = bytes(record.key());
        byte[] topic = EncodedText.bytes(record.topic());
        long dots = Pattern.compile("(?<=[^.])\\.(?=[^.])")
                .matcher(record.topic())
                .results()
                .count();
        boolean fits = key != null
                && key.length > 0
                && topic.length > 0
                && "fuzz..".length() + EncodedText.length(topic) - 2 * dots + EncodedText.length(key) <= 1024
                && dots + 3 <= 32;
        if (subject == null || !fits) {
            return subject == null && !fits;
        }
        int last = subject.lastIndexOf('.');
        return subject.startsWith("fuzz.")
                && isOf(subject.substring("fuzz.".length(), last), topic)
                && isOf(subject.substring(last + 1), key);
    }

    private static boolean isReserved(byte[] key) {
        String text = new String(key, StandardCharsets.ISO_8859_1);
        return List.of("_INBOX", "_R_", "_GR_").stream().anyMatch(text::startsWith);
    }

    private static boolean isOf(String encoded, byte[] bytes) {
        return java.util.Arrays.equals(EncodedText.decode(encoded, '%'), bytes);
    }

    /** Goes through the stream and through the records at once. */
    private static final class Stored {
        private final long end;
        private final Verdict verdict;
        private final LongFunction<SinkRecord> records = FuzzIT::record;
        private final List<Long> rejected = new ArrayList<>();
        private final List<String> wrong = new ArrayList<>();
        private long offset;

        Stored(long end, Verdict verdict) {
            this.end = end;
            this.verdict = verdict;
        }

        @Nullable
        StreamPosition next(Message message) {
            skipRejected();
            SinkRecord record = records.apply(offset);
            boolean right = offset < end
                    && verdict.holds(record, message.getSubject())
                    && (record.value() != null || message.getData().length == 0)
                    && (!(record.value() instanceof byte[] value) || java.util.Arrays.equals(value, message.getData()));
            if (!right) {
                wrong.add("offset " + offset + " is " + message.getSubject());
            }
            return new StreamPosition(0, offset++);
        }

        boolean isComplete() {
            skipRejected();
            return wrong.isEmpty() && offset == end;
        }

        private void skipRejected() {
            while (offset < end && verdict.holds(records.apply(offset), null)) {
                rejected.add(offset++);
            }
        }

        @Override
        public String toString() {
            return "seed " + SEED + ", read up to offset " + offset + " of " + end + ", wrong: "
                    + wrong.stream().limit(5).toList();
        }
    }

    /** Hears everything that is published on the server. */
    private static final class Watch implements AutoCloseable {
        private static final String END_OF_BATCH = ".3.$FI";

        private final Connection connection;
        private final String prefix;
        private final AtomicLong expected = new AtomicLong();
        private final Set<String> others = ConcurrentHashMap.newKeySet();

        Watch(NatsServer nats, String prefix) throws Exception {
            this.prefix = prefix;
            connection = nats.connect();
            Dispatcher all = connection.createDispatcher(this::hear);
            all.setPendingLimits(-1, -1);
            all.subscribe(">");
            connection.flush(Duration.ofSeconds(10));
        }

        private void hear(Message message) {
            String subject = message.getSubject();
            boolean ofStream = prefix.isEmpty() ? subject.indexOf('.') < 0 : subject.startsWith(prefix);
            if (ofStream) {
                // The end of a batch goes to a subject of the stream, which does not store it.
                if (!String.valueOf(message.getReplyTo()).endsWith(END_OF_BATCH)) {
                    expected.incrementAndGet();
                }
            } else if (!EXPECTED.matcher(subject).matches() && others.size() < 100) {
                others.add(subject);
            }
        }

        void assertNothingElse(long stored) {
            Awaitility.await("all to be heard")
                    .atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(expected).hasValue(stored));
            assertThat(others).isEmpty();
        }

        @Override
        public void close() throws InterruptedException {
            connection.close();
        }
    }
}
