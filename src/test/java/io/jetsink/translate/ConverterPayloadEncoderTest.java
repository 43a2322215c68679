package io.jetsink.translate;

import static io.jetsink.support.Thrown.assertRejected;
import static io.jetsink.support.Thrown.assertThrown;
import static io.jetsink.translate.HeaderLines.message;
import static io.jetsink.translate.Records.withValue;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.OutboundMessage;
import io.jetsink.support.Translations;
import io.nats.client.impl.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.Converter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConverterPayloadEncoderTest {
    private static final List<String> CALLS = new ArrayList<>();

    @BeforeEach
    void forget() {
        CALLS.clear();
    }

    @Test
    void theConverterIsConfiguredOnceForValuesAndClosedOnce() {
        RecordTranslator translator = translator(Told.class, "some.setting", "1", "another", "x");
        translator.close();

        assertThat(CALLS).containsExactly("configure {another=x, some.setting=1} false", "close");
    }

    @Test
    void theConverterGetsTheTopicAsTransformsLeftIt() {
        try (RecordTranslator translator = translator(Told.class)) {
            SinkRecord read = withValue(Schema.STRING_SCHEMA, "v");

            OutboundMessage message =
                    message(translator, read.newRecord("renamed", 3, null, "k", Schema.STRING_SCHEMA, "v", null));

            assertThat(message.payload()).isEqualTo("renamed STRING v".getBytes(UTF_8));
        }
    }

    @Test
    void headersThatTheConverterAddsAreHeadersOfTheMessage() {
        try (RecordTranslator translator = translator(Told.class)) {
            Headers headers = Objects.requireNonNull(
                    message(translator, withValue(null, "v")).headers());

            assertThat(headers.keySet()).containsExactlyInAnyOrder("schema.id", "schema.name");
            assertThat(headers.get("schema.id")).containsExactly("%00%00%00%07");
            assertThat(headers.get("schema.name")).containsExactly("t");
        }
    }

    @Test
    void headersThatTheConverterAddsReplaceTheRecordsOwn() {
        ConnectHeaders old = new ConnectHeaders();
        old.add("schema.id", new byte[] {0, 0, 0, 1}, null);
        old.add("schema.id", new byte[] {0, 0, 0, 2}, null);
        old.add("twice", new byte[] {'o'}, null);
        old.add("other", new byte[] {'o'}, null);
        SinkRecord record = withValue(null, "v").newRecord("t", 3, null, "k", null, "v", null, old);
        try (RecordTranslator translator = new RecordTranslator(
                Translations.of(
                        "payload.encoder",
                        "converter",
                        "payload.converter",
                        Repeating.class.getName(),
                        "headers.include",
                        "*"),
                "orders")) {
            Headers headers = Objects.requireNonNull(message(translator, record).headers());

            assertThat(headers.get("schema.id")).containsExactly("%00%00%00%07");
            assertThat(headers.get("twice")).containsExactly("1", "2");
            assertThat(headers.get("other")).containsExactly("o");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "json", "converter", "cloudevents"})
    void aValueNestedTooDeeplyIsRejectedAndTheNextOneFollows(String encoder) {
        List<String> props = new ArrayList<>(List.of("subject", "${topic}", "payload.encoder", encoder));
        if (encoder.equals("converter")) {
            props.addAll(List.of("payload.converter", "org.apache.kafka.connect.json.JsonConverter"));
        }
        SinkRecord deep = withValue(null, JsonPayloadEncoderTest.lists(100_000));
        try (RecordTranslator translator = new RecordTranslator(Translations.of(props.toArray(String[]::new)), "o")) {
            assertRejected(() -> translator.translate(deep), "nested", "payload.encoder");
            assertThat(new String(
                            message(translator, withValue(null, List.of(1))).payload(), UTF_8))
                    .contains("[1]");
        }
    }

    @Test
    void whatAConverterSaysDecidesWhatBecomesOfTheRecord() {
        try (RecordTranslator translator = translator(Failing.class)) {
            for (String refusal : List.of("data", "null")) {
                assertRejected(() -> translator.translate(withValue(null, refusal)))
                        .hasMessageContainingAll(
                                "payload.converter: ",
                                refusal.equals("data") ? "not this one" : "returned no payload for the value");
            }
            for (String failure : List.of("serialization", "runtime")) {
                assertRejected(() -> translator.translate(withValue(null, failure)))
                        .hasMessageContaining("payload.converter: " + Failing.class.getName() + " threw ")
                        .hasMessageNotContaining("secret");
            }
            for (String outage : List.of("retriable", "timeout")) {
                assertThrown(RetriableException.class, () -> translator.translate(withValue(null, outage)));
            }
            assertThrown(OutOfMemoryError.class, () -> translator.translate(withValue(null, "memory")));
        }
    }

    @Test
    void aConverterThatCannotBeMadeIsAConfigErrorAndIsClosed() {
        assertThrown(ConfigException.class, () -> translator(Refusing.class))
                .hasMessageContaining("payload.converter: " + Refusing.class.getName() + " cannot be configured: no");
        assertThat(CALLS).containsExactly("close");
        assertThrown(ConfigException.class, () -> translator(Unmakeable.class))
                .hasMessageContaining("payload.converter: cannot create an instance of " + Unmakeable.class.getName());
    }

    @Test
    void aConverterOfConnectsIsConfiguredForValues() {
        // These are header converters, too, whose other configure fails without being told the kind.
        for (String type : List.of("json.JsonConverter", "storage.StringConverter")) {
            try (RecordTranslator translator = translator("org.apache.kafka.connect." + type)) {
                assertThat(message(translator, withValue(Schema.STRING_SCHEMA, "v"))
                                .payload())
                        .isNotEmpty();
            }
        }
    }

    private static RecordTranslator translator(Class<?> type, String... own) {
        return translator(type.getName(), own);
    }

    private static RecordTranslator translator(String type, String... own) {
        List<String> props = new ArrayList<>(List.of("payload.encoder", "converter", "payload.converter", type));
        for (int i = 0; i < own.length; i += 2) {
            props.addAll(List.of("payload.converter." + own[i], own[i + 1]));
        }
        return new RecordTranslator(Translations.of(props.toArray(String[]::new)), "orders");
    }

    /** Says what it is told. */
    public static class Told implements Converter {
        @Override
        public void configure(Map<String, ?> configs, boolean isKey) {
            CALLS.add("configure " + new TreeMap<>(configs) + " " + isKey);
        }

        @Override
        public byte[] fromConnectData(String topic, @Nullable Schema schema, Object value) {
            return (topic + " " + (schema == null ? "" : schema.type()) + " " + value).getBytes(UTF_8);
        }

        @Override
        public byte[] fromConnectData(
                String topic, org.apache.kafka.common.header.Headers headers, @Nullable Schema schema, Object value) {
            headers.add("schema.id", new byte[] {0, 0, 0, 7}).add("schema.name", "t".getBytes(UTF_8));
            headers.add("nothing", null);
            return fromConnectData(topic, schema, value);
        }

        @Override
        public SchemaAndValue toConnectData(String topic, byte[] value) {
            throw new AssertionError("a sink makes no records");
        }

        @Override
        public void close() {
            CALLS.add("close");
        }
    }

    /** Adds one name twice. */
    public static final class Repeating extends Told {
        @Override
        public byte[] fromConnectData(
                String topic, org.apache.kafka.common.header.Headers headers, @Nullable Schema schema, Object value) {
            headers.add("twice", new byte[] {'1'}).add("twice", new byte[] {'2'});
            return super.fromConnectData(topic, headers, schema, value);
        }
    }

    /** Fails as the value says. */
    public static final class Failing extends Told {
        @Override
        public byte @Nullable [] fromConnectData(String topic, @Nullable Schema schema, Object value) {
            switch (String.valueOf(value)) {
                case "data" -> throw new DataException("not this one");
                case "serialization" -> throw new SerializationException("secret");
                case "runtime" -> throw new IllegalStateException("secret");
                case "retriable" -> throw new RetriableException("the registry is away");
                case "timeout" -> throw new TimeoutException("the registry is away");
                case "memory" -> throw new OutOfMemoryError("not for a test to hide");
                default -> {
                    return null;
                }
            }
        }
    }

    /** Does not take its settings. */
    public static final class Refusing extends Told {
        @Override
        public void configure(Map<String, ?> configs, boolean isKey) {
            throw new IllegalArgumentException("no");
        }
    }

    /** Has a constructor that fails. */
    public static final class Unmakeable extends Told {
        public Unmakeable() {
            throw new IllegalStateException("no");
        }
    }
}
