package io.jetsink.faults;

import io.jetsink.support.stream.StreamTally;
import java.util.HashMap;
import java.util.Map;

/**
 * The promise of a fault that breaks nothing, such as a slow link: the link to NATS is kept, and no record is sent twice.
 *
 * @param connections that a task may open while the fault lasts
 * @param warnings that a task may log while the fault lasts
 * @param bytesPerRecord that a task may send, over the whole scenario; 0: nobody counts them
 */
record Calm(int connections, int warnings, int bytesPerRecord) {
    /** Of what a task sends beside records: its connection, a few requests. */
    private static final long BESIDE = 1 << 20;

    /** Nothing at all happens. */
    static final Calm QUIET = new Calm(0, 0, 0);

    Calm warnings(int most) {
        return new Calm(connections, most, bytesPerRecord);
    }

    Calm bytesPerRecord(int most) {
        return new Calm(connections, warnings, most);
    }

    /** Counts from its creation on. */
    static final class Watch {
        private final TaskSite site;
        private final Map<TaskLane, Long> connections = new HashMap<>();
        private final Map<TaskLane, Long> warnings = new HashMap<>();

        Watch(TaskSite site) {
            this.site = site;
            for (TaskLane lane : site.lanes()) {
                connections.put(lane, connectionsOf(lane));
                warnings.put(lane, warningsOf(lane));
            }
        }

        void compare(Calm promise) {
            for (TaskLane lane : site.lanes()) {
                long opened = connectionsOf(lane) - connections.getOrDefault(lane, 0L);
                if (opened > promise.connections()) {
                    lane.problem(opened + " connections were opened, though nothing had cut one");
                }
                long logged = warningsOf(lane) - warnings.getOrDefault(lane, 0L);
                if (logged > promise.warnings()) {
                    lane.problem(logged + " WARNs were logged");
                }
            }
        }

        private long connectionsOf(TaskLane lane) {
            return site.proxies().stream()
                    .mapToLong(proxy -> proxy.connectionsOf(lane.name()))
                    .sum();
        }

        private long warningsOf(TaskLane lane) {
            return site.logged().lines(lane.name()).stream()
                    .filter(line -> line.startsWith("WARN"))
                    .count();
        }
    }

    /** Copies, and losses of best-effort, which the guarantees leave open for the case of a fault. */
    void look(TaskSite site, TaskLane lane, StreamTally tally) {
        long sent = site.proxies().stream()
                .mapToLong(proxy -> proxy.bytesOf(lane.name()))
                .sum();
        if (bytesPerRecord > 0 && sent > BESIDE + bytesPerRecord * lane.produced()) {
            lane.problem(sent + " bytes were sent for " + lane.produced() + " records");
        }
        long copies = tally.entries().size()
                - tally.entries().stream()
                        .mapToLong(entry -> entry.sequence())
                        .distinct()
                        .count();
        if (copies > 0) {
            lane.problem(copies + " records are there twice, though nothing was cut");
        }
        long stored = tally.entries().size() - copies;
        if (stored < lane.produced()) {
            lane.problem(lane.produced() - stored + " records are lost, though nothing was cut");
        }
    }
}
