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
        "nats.auth.user, nats.auth.username",
        "nats.auth.usr, nats.auth.username",
        "nats.auth.pass, nats.auth.password",
        "jetstream.stream.cre, jetstream.stream.create",
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
    @CsvSource({
        "error.tolerance, errors.tolerance",
        "errors.tolerence, errors.tolerance",
        "Errors.Tolerance, errors.tolerance",
        "errors.deadletterqueue.topic, errors.deadletterqueue.topic.name",
        "errors.log, errors.log.enable",
        "task.max, tasks.max",
        "topic, topics",
        "topics.regexp, topics.regex",
        "header.convertr, header.converter",
        "header.converters, header.converter",
        "value.convertor.schemas.enable, value.converter.schemas.enable",
        "transform.route.type, transforms.route.type",
        "consumer.overide.isolation.level, consumer.override.isolation.level",
        "consumer.overide.isolation.levl, consumer.override.isolation.level",
        "consumer.overrides.schema.registry.url, consumer.override.schema.registry.url",
        "consumer.override.isolation.levl, consumer.override.isolation.level",
        "Consumer.Override.isolation.level, consumer.override.isolation.level",
        "producer.override.max.request.sise, producer.override.max.request.size",
        "admin.override.retris, admin.override.retries",
    })
    void namesTheNearestKeyOfConnect(String key, String nearest) {
        assertThat(Props.error(key, "x"))
                .isEqualTo(key + " is not a key of Connect: remove it, or use the most similar key, " + nearest);
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
                        "offsets.storage.topic",
                        "tasks.max.enforce",
                        "connector.plugin.version",
                        "key.converter.plugin.version",
                        "config.providers",
                        "config.providers.file.class",
                        "topic.creation.default.partitions",
                        "transforms.route.type",
                        "predicates.isTombstone.type",
                        "consumer.override.isolation.level",
                        "consumer.override.sasl.oauthbearer.scope",
                        "consumer.override.schema.registry.url",
                        "consumer.override.interceptor.names",
                        "producer.override.max.request.size",
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
                "errors",
                "retries",
                "team",
                "owner.topics",
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
}
