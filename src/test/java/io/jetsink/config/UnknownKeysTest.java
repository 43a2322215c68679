package io.jetsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.apache.kafka.connect.runtime.SinkConnectorConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownKeysTest {

    @ParameterizedTest
    @CsvSource({
        "nats.server, nats.servers",
        "nats.sevrers, nats.servers",
        "nat.servers, nats.servers",
        "nats-servers, nats.servers",
        "NATS.Servers, nats.servers",
        "nats.auth.pasword, nats.auth.password",
        "nats.auth.passwrod, nats.auth.password",
        "publish.max.pendng, publish.max.pending",
        "publihs.max.pending, publish.max.pending",
        "delivery.guarantees, delivery.guarantee",
        "deliverey.guarantees, delivery.guarantee",
        "jetstream.streams, jetstream.stream",
        "jetstream.stream.craete, jetstream.stream.create",
        "exactly.once.marker.prefx, exactly.once.marker.prefix",
        "subjekt, subject",
        "subject.route, subject.routes",
        "headers.includes, headers.include",
        "kv.buckets, kv.bucket",
        "message.ids, message.id",
        "tombstone, tombstones",
        "payload.encodr, payload.encoder",
    })
    void namesTheNearestKey(String key, String nearest) {
        assertThat(Props.error(key, "x"))
                .isEqualTo(key + " is not a key of this connector: remove it, or use the most similar key, " + nearest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nats",
                "nats.x",
                "jetstream.stream.compression",
                "delivery",
                "publish.x",
                "exactly.once",
                "exactly.once.owner",
                "subject.mapper.x",
                "headers",
                "header.mapper.x",
                "payload.encoder.x",
                "payload.converter.x",
                "message.id.x",
                "connection.customizer.x",
                "kv",
                "oversize.x",
            })
    void refusesWhatLiesUnderOurPrefixesAndIsNoKey(String key) {
        assertThat(Props.error(key, "x")).startsWith(key + " is not a key of this connector");
    }

    @ParameterizedTest
    @MethodSource("keysOfConnect")
    void leavesConnectsOwnKeysAlone(String key) {
        assertThat(Props.errors(key, "x")).isEmpty();
    }

    private static Stream<String> keysOfConnect() {
        return Stream.concat(
                SinkConnectorConfig.configDef().names().stream(),
                Stream.of(
                        "key.converter.schemas.enable",
                        "value.converter.plugin.version",
                        "header.converter.x",
                        "transforms.nats.type",
                        "predicates.subject.type",
                        "errors.deadletterqueue.topic.name",
                        "errors.tolerence",
                        "offsets.storage.topic",
                        "topic",
                        "task.max",
                        "consumer.override.max.poll.records",
                        "producer.override.linger.ms",
                        "admin.override.retries"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo.bar",
                "natsxyz.servers",
                "nats_x",
                "subjects.allowed",
                "publisher.name",
                "messages",
                "header.converters",
                "kvx",
                "targets.a",
                "ssl.protocol",
                "",
                " ",
            })
    void leavesKeysOfOthersAlone(String key) {
        assertThat(Props.errors(key, "x")).isEmpty();
    }

    @Test
    void showsAKeyCutAndWithoutControlCharacters() {
        assertThat(Props.error("nats.\nERROR all is lost", "x")).startsWith("nats.?ERROR all is lost is not a key");
        assertThat(Props.error("nats." + "x".repeat(10 << 20), "x"))
                .startsWith("nats.xxx")
                .contains("xxx... is not a key")
                .hasSizeLessThan(300);
        assertThat(Props.errors("x".repeat(10 << 20), "x")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', 0",
        "abc, abc, 0",
        "'', abc, 3",
        "abc, '', 3",
        "abc, acb, 1",
        "ab, ba, 1",
        "ca, abc, 2",
        "kitten, sitting, 3",
        "a, b, 1",
        "abcdef, badcfe, 3",
    })
    void measuresTheDistanceOfTexts(String a, String b, int distance) {
        assertThat(UnknownKeys.distance(a, b)).isEqualTo(distance);
        assertThat(UnknownKeys.distance(b, a)).isEqualTo(distance);
    }
}
