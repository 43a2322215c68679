package io.jetsink.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkConnector;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.KeyValue;
import io.nats.client.api.External;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.Mirror;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.Source;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.SubjectTransform;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.ConfigValue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code preflight=validate} warns of streams that will not copy rollups of the target (servers before 2.14). */
class DownstreamIT {
    private static final String BUCKET = "KV_prices";
    private static final String USERS = """
            authorization { users: [
              { user: all, password: all }
              { user: least, password: least, permissions: {
                publish: { allow: ["$KV.prices.>", "$JS.API.STREAM.INFO.KV_prices"] }, subscribe: { allow: ["_INBOX.>"] } } }
            ] }
            """;

    @RegisterExtension
    final TaskRig rig = TaskRig.unserved("prices")
            .as("all")
            .with("nats.auth.username", "all", "nats.auth.password", "all", "jetstream.stream", "")
            .with("publish.mode", "async", "preflight", "validate");

    @ParameterizedTest
    @EnumSource(NatsBinary.class)
    void warnsOfStreamsThatWillNotCopyPurges(NatsBinary version) throws Exception {
        boolean copies = version == NatsBinary.V2_15;
        rig.serve(NatsServer.builder().version(version).config(USERS).start());
        try (Connection connection = rig.connect()) {
            JetStreamManagement streams = connection.jetStreamManagement();
            connection
                    .keyValueManagement()
                    .create(KeyValueConfiguration.builder("prices").build());
            External elsewhere = External.builder().api("$JS.hub.API").build();
            rig.create(sourcing("AUDIT", Source.builder().name(BUCKET)));
            rig.create(mirror());
            rig.create(sourcing("ALLOWED", Source.builder().name(BUCKET)).allowRollup(true));
            rig.create(sourcing("ONE", Source.builder().name(BUCKET).filterSubject("$KV.prices.a"))
                    .denyPurge(true));
            rig.create(sourcing("OTHER", Source.builder().name("OTHERS")));
            rig.create(sourcing("ELSEWHERE", Source.builder().name(BUCKET).external(elsewhere)));
            String begin = "WARN [JS-4013] prices: stream ";
            String why = " and does not allow rollups, which tombstones=purge publishes, so nats-server "
                    + connection.getServerInfo().getVersion();
            String end = ", or upgrade to nats-server 2.14 or later";

            assertThat(bucketWarnings("all", "purge"))
                    .containsExactlyInAnyOrderElementsOf(
                            copies
                                    ? List.of()
                                    : List.of(
                                            begin + "AUDIT sources KV_prices" + why
                                                    + " stops copying at the first one: run nats stream edit AUDIT --allow-rollup"
                                                    + end,
                                            begin + "MIRROR mirrors KV_prices" + why
                                                    + " skips each of them: run nats stream edit MIRROR --allow-rollup"
                                                    + end,
                                            begin + "ONE sources KV_prices" + why
                                                    + " stops copying at the first one: create it again without deny_purge"
                                                    + " and with --allow-rollup" + end));
            assertThat(bucketWarnings("all", "delete")).isEmpty();
            assertThat(bucketWarnings("least", "purge")).isEmpty();

            rig.update(sourcing("AUDIT", Source.builder().name(BUCKET)).allowRollup(true));
            rig.update(mirror().allowRollup(true));
            streams.deleteStream("ONE");
            assertThat(bucketWarnings("all", "purge")).isEmpty();
            KeyValue bucket = connection.keyValue("prices");
            bucket.put("k", "1".getBytes(UTF_8));
            bucket.purge("k");
            bucket.put("l", "2".getBytes(UTF_8));
            for (String reader : List.of("AUDIT", "MIRROR", "ALLOWED")) {
                Awaitility.await(reader + " to have the purge and the value behind it")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> holds(streams, reader));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "V2_10")
    void warnsOfAStreamThatWillNotCopyObjects(NatsBinary version) throws Exception {
        rig.serve(NatsServer.builder().version(version).config(USERS).start());
        try (Connection connection = rig.connect()) {
            connection
                    .objectStoreManagement()
                    .create(ObjectStoreConfiguration.builder("large").build());
        }
        SubjectTransform transform = new SubjectTransform("$O.large.M.*", "objects.{{wildcard(1)}}");
        rig.create(StreamConfiguration.builder().name("ORDERS").subjects("orders"));
        rig.create(sourcing("BACKUP", Source.builder().name("OBJ_large")));
        rig.create(sourcing("RENAMED", Source.builder().name("OBJ_large").subjectTransforms(transform)));
        // Chunks are not rollups.
        rig.create(sourcing("CHUNKS", Source.builder().name("OBJ_large").filterSubject("$O.large.C.>")));

        assertThat(warnings("subject", "orders", "oversize", "object-store", "oversize.bucket", "large"))
                .hasSize(2)
                .allSatisfy(
                        line -> assertThat(line)
                                .containsPattern(
                                        "stream (BACKUP|RENAMED) sources OBJ_large and .* which oversize=object-store publishes"));
    }

    private static boolean holds(JetStreamManagement streams, String reader) throws IOException {
        try {
            return "PURGE"
                            .equals(streams.getLastMessage(reader, "$KV.prices.k")
                                    .getHeaders()
                                    .getFirst("KV-Operation"))
                    && streams.getLastMessage(reader, "$KV.prices.l").getSeq() > 0;
        } catch (JetStreamApiException notYet) {
            return false;
        }
    }

    private List<String> bucketWarnings(String user, String tombstones) {
        rig.with("nats.auth.username", user, "nats.auth.password", user, "target", "kv", "kv.bucket", "prices");
        return warnings("tombstones", tombstones);
    }

    /** What a validation logs; it finds no error. */
    private List<String> warnings(String... config) {
        int before = rig.logged.lines("WARN").size();
        assertThat(new NatsJetStreamSinkConnector()
                        .validate(rig.config(TaskRig.pairs(config)))
                        .configValues())
                .flatExtracting(ConfigValue::errorMessages)
                .isEmpty();
        List<String> lines = rig.logged.lines("WARN");
        return lines.subList(before, lines.size());
    }

    private static StreamConfiguration.Builder sourcing(String name, Source.Builder source) {
        return StreamConfiguration.builder().name(name).sources(source.build());
    }

    private static StreamConfiguration.Builder mirror() {
        return StreamConfiguration.builder()
                .name("MIRROR")
                .mirror(Mirror.builder().name(BUCKET).build());
    }
}
