package io.jetsink.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamEntry;
import io.jetsink.support.stream.StreamTally;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;

/** What happens to records and their offsets. */
final class RecordFaults {
    private static final int MAX_PAYLOAD = 1 << 20;

    private RecordFaults() {}

    static List<Scenario> scenarios() {
        return List.of(
                Scenario.of(28, "preCommit fails, the consumer is rewound", TaskScene.of(RecordFaults::rewind))
                        .controlled(),
                Scenario.of(28, "task crashes before its commit", TaskScene.of(RecordFaults::crash))
                        .controlled(),
                Scenario.of(
                        30,
                        "one record of a hundred cannot be stored",
                        TaskScene.of(site -> deliver(site, RecordFaults::poisoned, RecordFaults::isPoison))
                                .config("tombstones", "reject")
                                .atTheEnd((lane, tally) -> setAside(lane, tally, RecordFaults::isPoison))),
                Scenario.of(
                                32,
                                "topic deleted and created again",
                                TaskScene.of(RecordFaults::anotherTopic).atTheEnd(RecordFaults::bothTopicsAreThere))
                        .only(Guarantee.ASYNC, Guarantee.FAST, Guarantee.SYNC),
                Scenario.of(32, "topic deleted and created again", TaskScene.of(RecordFaults::anotherTopic))
                        .only(Guarantee.EXACTLY_ONCE)
                        .fails("Was the topic deleted and created again?"),
                Scenario.of(
                                33,
                                "outage longer than the duplicate window",
                                TaskScene.of(RecordFaults::longOutage).stream(
                                        stream -> stream.duplicateWindow(Duration.ofSeconds(1))))
                        .controlled(),
                Scenario.of(35, "gaps in offsets", TaskScene.of(RecordFaults::gaps)),
                Scenario.of(
                        36,
                        "values from a few bytes to more than max_payload",
                        TaskScene.of(site -> deliver(site, RecordFaults::sized, RecordFaults::isOversize))
                                .config("headers.include", "*")
                                .atTheEnd((lane, tally) -> setAside(lane, tally, RecordFaults::isOversize))));
    }

    private static void rewind(TaskSite site) throws Exception {
        for (int i = 0; i < site.times(5); i++) {
            site.awaitFlow();
            for (TaskLane lane : site.lanes()) {
                lane.rewind();
            }
        }
    }

    private static void crash(TaskSite site) throws Exception {
        for (int i = 0; i < site.times(5); i++) {
            site.awaitFlow();
            site.crash();
        }
    }

    private static void gaps(TaskSite site) throws Exception {
        for (int i = 0; i < site.times(10); i++) {
            site.hold(Duration.ofMillis(100), Duration.ofMillis(500));
            for (TaskLane lane : site.lanes()) {
                lane.skip(1 + site.random().nextInt(i == 1 ? 10_000 : 100));
            }
        }
    }

    /** The acks are lost, the server goes, and when it is back it remembers no message id. */
    private static void longOutage(TaskSite site) {
        NatsServer nats = site.nats();
        site.proxies().forEach(proxy -> proxy.dropAnswers(true));
        site.hold(Duration.ofSeconds(2));
        nats.kill9();
        site.proxies().forEach(proxy -> proxy.dropAnswers(false));
        site.hold(Duration.ofSeconds(5));
        nats.restart();
    }

    private static void anotherTopic(TaskSite site) throws Exception {
        for (TaskLane lane : site.lanes()) {
            lane.deliver(offset -> stamped(lane.name(), offset, 1_000_000 + offset));
        }
        site.awaitFlow();
        for (TaskLane lane : site.lanes()) {
            lane.beginAnew(offset -> stamped(lane.name(), offset, 9_000_000 + offset));
        }
        site.hold(Duration.ofSeconds(5));
        for (TaskLane lane : site.lanes()) {
            if (lane.guarantee().promisesOnce()) {
                site.awaitFailed();
            }
        }
    }

    private static SinkRecord stamped(String topic, long offset, long timestamp) {
        byte[] value = ("0:" + offset + ":").getBytes(US_ASCII);
        return new SinkRecord(topic, 0, null, null, null, value, offset, timestamp, TimestampType.CREATE_TIME);
    }

    private static void bothTopicsAreThere(TaskLane lane, StreamTally tally) {
        long firsts =
                tally.entries().stream().filter(entry -> entry.sequence() == 0).count();
        if (firsts < 2) {
            lane.problem("of the two records with offset 0, " + firsts + " are in the stream");
        }
    }

    private static void deliver(TaskSite site, Maker maker, LongPredicate setAside) throws Exception {
        for (TaskLane lane : site.lanes()) {
            LongFunction<SinkRecord> records = offset -> {
                if (setAside.test(offset)) {
                    lane.excuse(offset);
                }
                return maker.make(lane.name(), offset);
            };
            lane.deliver(records);
        }
        site.hold(Duration.ofSeconds(10));
        site.awaitFlow();
    }

    private interface Maker {
        SinkRecord make(String topic, long offset);
    }

    /** Each was set aside once, in order, and is not in the stream. */
    private static void setAside(TaskLane lane, StreamTally tally, LongPredicate expected) throws Exception {
        Set<Long> stored = tally.entries().stream().map(StreamEntry::sequence).collect(Collectors.toSet());
        lane.look(worker -> {
            List<Long> rejected = worker.rejected.stream()
                    .map(text -> Long.parseLong(text.substring(0, text.indexOf(':'))))
                    .toList();
            List<Long> wanted = LongStream.range(0, worker.consumed())
                    .filter(lane::isExcused)
                    .boxed()
                    .toList();
            if (!rejected.equals(wanted) || wanted.isEmpty() || wanted.stream().anyMatch(stored::contains)) {
                lane.problem("set aside were " + rejected + ", expected were " + wanted);
            }
        });
    }

    private static boolean isPoison(long offset) {
        return offset % 100 == 37;
    }

    /** By turns a tombstone, which is not wanted, and a value that is too large. */
    private static SinkRecord poisoned(String topic, long offset) {
        if (isPoison(offset) && offset / 100 % 2 == 0) {
            return new SinkRecord(topic, 0, null, null, null, null, offset, offset, TimestampType.CREATE_TIME);
        }
        return record(topic, offset, isPoison(offset) ? MAX_PAYLOAD + 1 : 0, new ConnectHeaders());
    }

    private static boolean isOversize(long offset) {
        return offset % 200 == 150 || offset % 200 == 175;
    }

    private static SinkRecord sized(String topic, long offset) {
        ConnectHeaders headers = new ConnectHeaders();
        int size = switch ((int) (offset % 200)) {
            case 25 -> 1_000;
            case 75 -> 64 << 10;
            case 100 -> MAX_PAYLOAD - 500;
            case 150 -> MAX_PAYLOAD + 1;
            default -> 0;
        };
        if (offset % 200 == 175) {
            headers.addString("large", "x".repeat((64 << 10) + 1));
        }
        return record(topic, offset, size, headers);
    }

    private static SinkRecord record(String topic, long offset, int size, ConnectHeaders headers) {
        byte[] head = ("0:" + offset + ":").getBytes(US_ASCII);
        byte[] value = Arrays.copyOf(head, Math.max(head.length, size));
        return new SinkRecord(topic, 0, null, null, null, value, offset, offset, TimestampType.CREATE_TIME, headers);
    }
}
