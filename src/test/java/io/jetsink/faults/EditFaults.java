package io.jetsink.faults;

import io.jetsink.support.nats.NatsServer;
import io.nats.client.JetStreamManagement;
import io.nats.client.PurgeOptions;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** What another tool does to streams and to the server's configuration under load: nothing of it is a record's fault. */
final class EditFaults {
    private static final Duration WHILE = Duration.ofSeconds(10);
    /** Less than a marker needs, more than a record. */
    private static final int SMALL = 300;

    /** What the records' subjects become before a stream is looked for. */
    private static final String MAPPING = "mappings { \"*.0\": \"{{wildcard(1)}}.mapped.0\" }\n";

    private EditFaults() {}

    static List<Scenario> scenarios() {
        return List.of(
                edit("allow_rollup_hdrs off", stream -> stream.allowRollup(false), stream -> stream.allowRollup(true))
                        .only(Guarantee.EXACTLY_ONCE),
                edit(
                                "allow_atomic off",
                                stream -> stream.allowAtomicPublish(false),
                                stream -> stream.allowAtomicPublish(true))
                        .only(Guarantee.EXACTLY_ONCE),
                edit("allow_batched off", stream -> stream.allowBatched(false), stream -> stream.allowBatched(true))
                        .only(Guarantee.FAST),
                edit(
                        "max_msg_size of " + SMALL,
                        stream -> stream.maximumMessageSize(SMALL),
                        stream -> stream.maximumMessageSize(-1)),
                Scenario.of(44, "stream has other subjects for " + WHILE.toSeconds() + " s", TaskScene.of(site -> {
                    site.eachStream((streams, lane) ->
                            StreamFaults.change(streams, lane, stream -> stream.subjects(lane.name() + ".elsewhere")));
                    site.hold(WHILE);
                    site.eachStream((streams, lane) -> StreamFaults.change(
                            streams, lane, stream -> stream.subjects(subjects(lane, lane.name() + ".>"))));
                    site.healed();
                })),
                Scenario.of(44, "allow_msg_ttl on", TaskScene.of(site -> {
                    site.eachStream((streams, lane) ->
                            StreamFaults.change(streams, lane, stream -> stream.allowMessageTtl(true)));
                    site.awaitFlow();
                    site.crash();
                })),
                Scenario.of(
                        50,
                        "a mapping leads to the stream's subjects",
                        TaskScene.of(EditFaults::crashAndCut)
                                .server(NatsServer.builder().config(AccessFaults.GRANTED + MAPPING))
                                .stream(EditFaults::onlyMapped)),
                Scenario.of(50, "a mapping added and removed", TaskScene.of(site -> {
                    site.nats().reload(AccessFaults.GRANTED + MAPPING);
                    site.hold(WHILE);
                    crashAndCut(site);
                    site.nats().reload(AccessFaults.GRANTED);
                    site.healed();
                })),
                Scenario.of(51, "markers purged under load", TaskScene.of(EditFaults::purge))
                        .only(Guarantee.EXACTLY_ONCE),
                Scenario.of(51, "markers purged while acks are lost", TaskScene.of(EditFaults::purgeWithoutAcks))
                        .only(Guarantee.EXACTLY_ONCE));
    }

    private static Scenario edit(
            String what,
            UnaryOperator<StreamConfiguration.Builder> off,
            UnaryOperator<StreamConfiguration.Builder> on) {
        return Scenario.of(44, what + " for " + WHILE.toSeconds() + " s", TaskScene.of(site -> {
            for (int i = 0; i < 2; i++) {
                site.awaitFlow();
                site.eachStream((streams, lane) -> StreamFaults.change(streams, lane, off));
                site.hold(WHILE);
                site.eachStream((streams, lane) -> StreamFaults.change(streams, lane, on));
                site.healed();
            }
        }));
    }

    /** Of a stream, with the markers' where the guarantee has them. */
    static List<String> subjects(TaskLane lane, String records) {
        return lane.guarantee().promisesOnce()
                ? List.of(records, "jetsink.offsets." + lane.name() + ".>")
                : List.of(records);
    }

    private static StreamConfiguration.Builder onlyMapped(StreamConfiguration.Builder stream) {
        List<String> subjects = stream.build().getSubjects().stream()
                .map(subject -> subject.startsWith("jetsink.") ? subject : subject.replace(".>", ".mapped.*"))
                .toList();
        return stream.subjects(subjects);
    }

    /** Whoever begins again looks the stream up again. */
    private static void crashAndCut(TaskSite site) throws Exception {
        site.awaitFlow();
        site.crash();
        site.awaitFlow();
        site.proxies().forEach(proxy -> proxy.reset());
        site.awaitFlow();
    }

    private static void purge(TaskSite site) throws Exception {
        for (int i = 0; i < site.times(20); i++) {
            site.hold(Duration.ofMillis(300), Duration.ofMillis(700));
            purgeMarkers(site);
        }
    }

    /** Whether the batch under way is stored is known by its markers alone. */
    private static void purgeWithoutAcks(TaskSite site) throws Exception {
        for (int i = 0; i < site.times(4); i++) {
            site.awaitFlow();
            site.proxies().forEach(proxy -> proxy.dropAnswers(true));
            site.hold(Duration.ofSeconds(1), Duration.ofSeconds(2));
            purgeMarkers(site);
            site.proxies().forEach(proxy -> proxy.dropAnswers(false));
            site.healed();
        }
    }

    private static void purgeMarkers(TaskSite site) throws Exception {
        site.eachStream((JetStreamManagement streams, TaskLane lane) ->
                streams.purgeStream(lane.name(), PurgeOptions.subject("jetsink.offsets." + lane.name() + ".>")));
    }
}
