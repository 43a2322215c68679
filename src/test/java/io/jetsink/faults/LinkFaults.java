package io.jetsink.faults;

import io.jetsink.support.FaultProxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Links that are slow and break nothing: everything comes, later. */
final class LinkFaults {
    /** One Mbit/s, in bytes. */
    private static final int THIN = 125_000;
    /** What a router keeps. */
    private static final int ROOM = 64 << 10;

    private static final Duration WHILE = Duration.ofSeconds(60);
    private static final Duration LONG_WHILE = Duration.ofSeconds(20);

    private LinkFaults() {}

    static List<Scenario> scenarios() {
        return List.of(
                Scenario.of(
                                41,
                                "1 Mbit/s, records of 1 kB",
                                thin(LaneLoad.STEADY.poll(5).valueBytes(1_000), 1_500))
                        .andBestEffort(),
                Scenario.of(
                                41,
                                "1 Mbit/s, records of 32 kB",
                                thin(LaneLoad.STEADY.poll(1).valueBytes(32_000), 34_000))
                        .andBestEffort(),
                longLink(200, LaneLoad.STEADY, 6),
                longLink(400, LaneLoad.STEADY, 6),
                longLink(200, LaneLoad.STEADY.poll(500).pace(Duration.ofMillis(250)), 3),
                longLink(400, LaneLoad.STEADY.poll(500).pace(Duration.ofMillis(250)), 3));
    }

    /** More comes than passes: the tasks hold the rest back. */
    private static TaskScene thin(LaneLoad load, int bytesPerRecord) {
        return TaskScene.of(site -> {
                    Map<TaskLane, Long> committed = new HashMap<>();
                    site.lanes().forEach(lane -> committed.put(lane, lane.committed()));
                    site.proxies().forEach(proxy -> proxy.throttle(THIN));
                    site.hold(WHILE);
                    for (TaskLane lane : site.lanes()) {
                        // Until here the queue was empty: a first batch is as large as it was without the fault.
                        if (load.valueBytes() <= 1_000 && lane.committed() <= committed.getOrDefault(lane, 0L)) {
                            lane.problem("nothing was committed while the link was thin");
                        }
                    }
                    site.proxies().forEach(proxy -> proxy.throttle(0));
                    site.healed();
                })
                .load(any -> load)
                .link(proxy -> proxy.room(ROOM))
                .calm(Calm.QUIET.bytesPerRecord(bytesPerRecord));
    }

    /**
     * One round trip for each poll is too slow: a task that waits for an answer has to have sent what came meanwhile. Each
     * commit, once a second, costs up to two round trips in which nothing comes.
     *
     * @param part the part of the load that has to be stored, as its divisor
     */
    private static Scenario longLink(int roundTripMillis, LaneLoad load, int part) {
        TaskScene scene = TaskScene.of(site -> {
                    delay(site, Duration.ofMillis(roundTripMillis / 2));
                    site.awaitFlow();
                    Map<TaskLane, Long> stored = new HashMap<>();
                    for (TaskLane lane : site.lanes()) {
                        stored.put(lane, site.stored(lane));
                    }
                    long begin = System.nanoTime();
                    site.hold(LONG_WHILE);
                    for (TaskLane lane : site.lanes()) {
                        long more = site.stored(lane) - stored.getOrDefault(lane, 0L);
                        long polls = (System.nanoTime() - begin)
                                / load.pace().plusMillis(1).toNanos();
                        if (lane.guarantee() != Guarantee.SYNC && more < polls * load.poll() / part) {
                            lane.problem(more + " records were stored while " + polls + " polls of " + load.poll()
                                    + " could come");
                        }
                    }
                    delay(site, Duration.ZERO);
                    site.healed();
                })
                .load(any -> load)
                // Of sync there are two or three records a second.
                .flow(30)
                .calm(Calm.QUIET);
        return Scenario.of(42, "round trips of " + roundTripMillis + " ms, polls of " + load.poll(), scene)
                .andBestEffort();
    }

    private static void delay(TaskSite site, Duration oneWay) {
        for (FaultProxy proxy : site.proxies()) {
            proxy.delay(oneWay);
        }
    }
}
