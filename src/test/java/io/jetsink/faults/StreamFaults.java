package io.jetsink.faults;

import io.jetsink.support.stream.StreamEntry;
import io.jetsink.support.stream.StreamTally;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** What happens to streams. */
final class StreamFaults {
    private static final int ROOM = 2_000;
    private static final Duration WHILE = Duration.ofSeconds(5);

    private StreamFaults() {}

    static List<Scenario> scenarios() {
        return List.of(
                Scenario.of(
                        16,
                        "stream full, discard new",
                        TaskScene.of(StreamFaults::full).stream(stream ->
                                stream.discardPolicy(DiscardPolicy.New).maxMessages(ROOM))),
                Scenario.of(
                        17,
                        "stream full, discard old",
                        TaskScene.of(StreamFaults::discardOld).stream(stream ->
                                        stream.discardPolicy(DiscardPolicy.Old).maxMessages(ROOM))
                                .atTheEnd(StreamFaults::lostIsOnlyWhatTheLimitTook)),
                Scenario.of(21, "stream deleted and created again", TaskScene.of(StreamFaults::createAgain)),
                Scenario.of(21, "stream deleted", TaskScene.of(StreamFaults::delete))
                        .fails("there is no stream"),
                Scenario.of(22, "another stream captures the subject", TaskScene.of(StreamFaults::takeSubject))
                        .fails("the subject"));
    }

    private static void full(TaskSite site) throws Exception {
        site.awaitSaid("no working link");
        site.hold(WHILE);
        site.eachStream((streams, lane) -> change(streams, lane, stream -> stream.maxMessages(-1)));
    }

    /** The stream acks, and drops later: no error can tell. */
    private static void discardOld(TaskSite site) {
        for (int i = 0; i < 10; i++) {
            site.awaitFlow();
        }
    }

    private static void lostIsOnlyWhatTheLimitTook(TaskLane lane, StreamTally tally) {
        long first =
                tally.entries().stream().mapToLong(StreamEntry::sequence).min().orElseThrow();
        for (long number = 0; number < first; number++) {
            lane.excuse(number);
        }
        if (tally.entries().size() < ROOM - 10 || first == 0) {
            lane.problem("the limit took " + first + " messages and left "
                    + tally.entries().size());
        }
    }

    private static void createAgain(TaskSite site) throws Exception {
        deleteAll(site);
        site.hold(WHILE);
        site.manage(streams -> {
            for (TaskLane lane : site.lanes()) {
                streams.addStream(lane.guarantee().stream(lane.name()).build());
            }
        });
    }

    private static void delete(TaskSite site) throws Exception {
        deleteAll(site);
        site.awaitFailed();
        // For the judge, who reads it.
        site.manage(streams -> {
            for (TaskLane lane : site.lanes()) {
                streams.addStream(lane.guarantee().stream(lane.name()).build());
            }
        });
    }

    /** Everything is stored and committed then, so that it is known what went with the stream. */
    private static void deleteAll(TaskSite site) throws Exception {
        site.manage(streams -> {
            for (TaskLane lane : site.lanes()) {
                lane.drained(worker -> {
                    try {
                        streams.deleteStream(lane.name());
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    for (long number = 0; number < worker.consumed(); number++) {
                        lane.excuse(number);
                    }
                });
            }
        });
    }

    private static void takeSubject(TaskSite site) throws Exception {
        site.eachStream((streams, lane) -> {
            change(
                    streams,
                    lane,
                    stream -> stream.subjects(lane.name() + ".elsewhere", "jetsink.offsets." + lane.name() + ".>"));
            streams.addStream(StreamConfiguration.builder()
                    .name(lane.name() + "-other")
                    .subjects(lane.name() + ".0")
                    .build());
        });
        site.awaitFailed();
    }

    static void change(JetStreamManagement streams, TaskLane lane, UnaryOperator<StreamConfiguration.Builder> change)
            throws Exception {
        StreamConfiguration now = streams.getStreamInfo(lane.name()).getConfiguration();
        streams.updateStream(change.apply(StreamConfiguration.builder(now)).build());
    }
}
