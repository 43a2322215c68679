package io.jetsink.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;

/** What happens while records come again that were stored before. */
final class ReplayFaults {
    /** What is not committed then, and comes again. */
    private static final Duration SPAN = Duration.ofSeconds(15);

    private static final Duration QUIET = Duration.ofSeconds(100);
    private static final LaneLoad SLOW = LaneLoad.STEADY.poll(1).pace(Duration.ofMillis(500));

    private ReplayFaults() {}

    static List<Scenario> scenarios() {
        return List.of(
                Scenario.of(
                                43,
                                "task crashes before its commit, nats-server stopped for 5 s during its restart",
                                TaskScene.of(site -> outage(site, Duration.ofSeconds(5))))
                        .controlled(),
                Scenario.of(
                                43,
                                "task crashes before its commit, nats-server stopped for 45 s during its restart",
                                TaskScene.of(site -> outage(site, Duration.ofSeconds(45))))
                        .controlled(),
                again(TimestampType.CREATE_TIME),
                again(TimestampType.LOG_APPEND_TIME));
    }

    private static void outage(TaskSite site, Duration length) throws Exception {
        site.lanes().forEach(lane -> lane.withhold(true));
        site.hold(SPAN);
        site.crash();
        site.lanes().forEach(lane -> lane.withhold(false));
        // They are connected again, and the first of the records have come.
        site.hold(Duration.ofMillis(1_500), Duration.ofMillis(2_500));
        site.nats().kill9();
        site.hold(length);
        site.nats().restart();
        site.healed();
    }

    private static Scenario again(TimestampType type) {
        return Scenario.of(
                        48,
                        "topic deleted and created again, 2 records/s, " + type,
                        TaskScene.of(site -> createAgain(site, type)))
                .only(Guarantee.EXACTLY_ONCE)
                .fails("created again");
    }

    /** The new topic takes half an hour to the offset that the stream has: nobody is to find out only then. */
    private static void createAgain(TaskSite site, TimestampType type) throws Exception {
        for (TaskLane lane : site.lanes()) {
            lane.deliver(offset -> stamped(lane.name(), offset, 1_000_000 + offset, type));
        }
        for (int i = 0; i < 10; i++) {
            site.awaitFlow();
        }
        for (TaskLane lane : site.lanes()) {
            lane.beginAnew(offset -> stamped(lane.name(), offset, 9_000_000 + offset, type));
            lane.load(SLOW);
        }
        int before = said(site);
        site.hold(QUIET);
        for (TaskLane lane : site.lanes()) {
            if (!lane.isOver() && said(site) == before) {
                lane.problem("the new topic's records were left out in silence for " + QUIET.toSeconds() + " s");
            }
            lane.load(LaneLoad.STEADY);
        }
        site.awaitFailed();
    }

    private static int said(TaskSite site) {
        return (int) site.logged().lines().stream()
                .filter(line -> line.startsWith("WARN"))
                .count();
    }

    private static SinkRecord stamped(String topic, long offset, long timestamp, TimestampType type) {
        byte[] value = ("0:" + offset + ":").getBytes(US_ASCII);
        return new SinkRecord(topic, 0, null, null, null, value, offset, timestamp, type);
    }
}
