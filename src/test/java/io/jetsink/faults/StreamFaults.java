package io.jetsink.faults;

import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.List;

/** What happens to streams. */
final class StreamFaults {
    private static final int ROOM = 2_000;

    private StreamFaults() {}

    static List<Scenario> scenarios() {
        return List.of(Scenario.of(
                16,
                "stream full, discard new",
                TaskScene.of(StreamFaults::full).stream(
                        stream -> stream.discardPolicy(DiscardPolicy.New).maxMessages(ROOM))));
    }

    private static void full(TaskSite site) throws Exception {
        site.awaitSaid("there is no room for more");
        site.hold(Duration.ofSeconds(5));
        site.eachStream((streams, lane) -> {
            StreamConfiguration now = streams.getStreamInfo(lane.name()).getConfiguration();
            streams.updateStream(
                    StreamConfiguration.builder(now).maxMessages(-1).build());
        });
    }
}
