package io.jetsink.bench;

import io.jetsink.support.stream.StreamReport;
import io.nats.client.Connection;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.ClusterInfo;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.OrderedConsumerConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** A stream of one partition that faults hit. */
final class RecoveringStream {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration REQUEST = Duration.ofSeconds(2);

    private final Connection connection;
    private final String name;

    RecoveringStream(Connection connection, String name) {
        this.connection = connection;
        this.name = name;
    }

    String name() {
        return name;
    }

    /** Waits until the record of a number is stored. The connection of this process is hit by faults, too. */
    void awaitStored(long sequence) {
        Awaitility.await("record " + sequence + " in " + name)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .ignoreExceptionsMatching(RecoveringStream::isPassing)
                .until(() -> lastRecord() >= sequence);
    }

    private long lastRecord() throws IOException, JetStreamApiException {
        byte[] value = connection
                .jetStreamManagement()
                .getLastMessage(name, name + ".>")
                .getData();
        String text = new String(value, 0, Math.min(value.length, 20), StandardCharsets.US_ASCII);
        return Long.parseLong(text.split(":", -1)[1]);
    }

    /** Makes a server the leader of the stream. */
    void awaitLeader(String server) {
        byte[] placement = ("{\"placement\":{\"preferred\":\"" + server + "\"}}").getBytes(StandardCharsets.US_ASCII);
        Awaitility.await(server + " to lead " + name)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL.multipliedBy(4))
                .ignoreExceptionsMatching(RecoveringStream::isPassing)
                .until(() -> {
                    ClusterInfo cluster =
                            connection.jetStreamManagement().getStreamInfo(name).getClusterInfo();
                    boolean current = cluster.getReplicas().stream()
                            .allMatch(replica -> replica.isCurrent() && replica.getLag() == 0);
                    boolean leads = server.equals(cluster.getLeader());
                    if (current && !leads) {
                        connection.request("$JS.API.STREAM.LEADER.STEPDOWN." + name, placement, REQUEST);
                    }
                    return leads && cluster.getReplicas().stream().allMatch(replica -> replica.isCurrent());
                });
    }

    /** Returns when the first message was stored after the longest time without one between a fault and a recovery. */
    Instant endOfStall(Instant fault, Instant recovered) throws Exception {
        return endOfStall(storedSince(fault), fault, recovered);
    }

    static Instant endOfStall(List<Instant> stored, Instant fault, Instant recovered) {
        Instant end = fault;
        Duration longest = Duration.ZERO;
        Instant previous = fault;
        for (Instant next : stored) {
            if (next.isAfter(fault) && !next.isAfter(recovered)) {
                Duration gap = Duration.between(previous, next);
                if (gap.compareTo(longest) > 0) {
                    longest = gap;
                    end = next;
                }
                previous = next;
            }
        }
        return end;
    }

    private List<Instant> storedSince(Instant begin) throws Exception {
        List<Instant> stored = new ArrayList<>();
        long last = connection
                .jetStreamManagement()
                .getStreamInfo(name)
                .getStreamState()
                .getLastSequence();
        OrderedConsumerConfiguration from = new OrderedConsumerConfiguration()
                .filterSubject(name + ".>")
                .deliverPolicy(DeliverPolicy.ByStartTime)
                .startTime(begin.atZone(ZoneOffset.UTC));
        try (IterableConsumer messages =
                connection.getStreamContext(name).createOrderedConsumer(from).iterate()) {
            boolean more = true;
            while (more) {
                Message message = messages.nextMessage(REQUEST);
                more = message != null && message.metaData().streamSequence() < last;
                if (message != null) {
                    stored.add(message.metaData().timestamp().toInstant());
                }
            }
        }
        return stored;
    }

    StreamReport report(long records) throws Exception {
        return BenchRig.read(connection, name).report(List.of(records));
    }

    private static boolean isPassing(Throwable e) {
        return e instanceof IOException || e instanceof JetStreamApiException;
    }
}
