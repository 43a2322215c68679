package io.jetsink.config;

import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.spi.SubjectMapper;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PluginKeyTest {
    /** A class as a user would write one. */
    public static final class Plugged implements SubjectMapper {
        private Map<String, ?> configs = Map.of();

        @Override
        public String subjectFor(SinkRecord record) {
            return String.valueOf(configs.get("region"));
        }

        @Override
        public void configure(Map<String, ?> given) {
            if (given.containsKey("bad")) {
                throw new ConfigException("subject.mapper.bad is not understood");
            }
            configs = given;
        }
    }

    /** Takes parameters. */
    public static final class Demanding implements SubjectMapper {
        private final String subject;

        public Demanding(String subject) {
            this.subject = subject;
        }

        @Override
        public String subjectFor(SinkRecord record) {
            return subject;
        }
    }

    static final class Hidden implements SubjectMapper {
        @Override
        public String subjectFor(SinkRecord record) {
            return "hidden";
        }
    }

    @ParameterizedTest
    @CsvSource({
        "subject.mapper, TEMPLATE, template",
        "header.mapper, Standard, standard",
        "payload.encoder, Json, json",
        "message.id, None, none",
        "message.id, Header:X-Id, header:X-Id",
        "message.id, coordinates, coordinates",
    })
    void takesShortNamesInAnyCase(String key, String given, String name) {
        TranslationSettings settings = SinkConfig.parse(Props.with(key, given)).translation();

        assertThat(settings.toString())
                .contains("PluginSettings[key=" + key + ", name=" + name + ", builtIn=true, own={}]");
    }

    @Test
    void aClassHasTheKeysUnderItsOwn() {
        PluginSettings chosen = SinkConfig.parse(
                        Props.with("subject.mapper", Plugged.class.getName(), "subject.mapper.region", "eu"))
                .translation()
                .subject()
                .mapper();

        assertThat(chosen)
                .isEqualTo(
                        new PluginSettings("subject.mapper", Plugged.class.getName(), false, Map.of("region", "eu")));
        assertThat(chosen.create(SubjectMapper.class).subjectFor(record())).isEqualTo("eu");
    }

    @Test
    void keysUnderAnOptionNeedAClassThatTakesThem() {
        assertThat(Props.errors("subject.mapper.region", "eu")).containsOnlyKeys("subject.mapper.region");
        assertThat(Props.errors("payload.converter.schemas.enable", "false"))
                .containsOnlyKeys("payload.converter.schemas.enable");
        assertThat(Props.errors(
                        "payload.encoder", "converter",
                        "payload.converter", "org.apache.kafka.connect.json.JsonConverter",
                        "payload.converter.schemas.enable", "false"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.jetsink.config.PluginKeyTest$Missing",
                "java.lang.String",
                "io.jetsink.spi.SubjectMapper",
                "io.jetsink.config.PluginKeyTest$Demanding",
                "io.jetsink.config.PluginKeyTest$Hidden",
                "header:",
                "a b",
                "",
            })
    void refusesWhatCannotBeUsed(String name) {
        assertThat(Props.error("subject.mapper", name)).startsWith("subject.mapper ");
    }

    @Test
    void saysWhatAClassFindsWrong() {
        PluginSettings chosen =
                new PluginSettings("subject.mapper", Plugged.class.getName(), false, Map.of("bad", "x"));

        assertThrown(ConfigException.class, () -> chosen.create(SubjectMapper.class))
                .hasMessageContaining("subject.mapper.bad is not understood");
    }

    @Test
    void aHeaderHasToBeNamed() {
        assertThat(Props.error("message.id", "header:"))
                .startsWith("message.id must be one of none, coordinates, header:");
    }

    @Test
    void exactlyOnceTakesNoMessageIds() {
        assertThat(Props.errors("delivery.guarantee", "exactly-once", "message.id", "coordinates"))
                .containsOnlyKeys("message.id");
    }

    @Test
    void keysThatTheChoiceMakesUselessAreRefused() {
        assertThat(Props.errors("message.id.prefix", "eu")).containsOnlyKeys("message.id.prefix");
        assertThat(Props.errors("payload.encoder.cloudevents.mode", "structured"))
                .containsOnlyKeys("payload.encoder.cloudevents.mode");
        assertThat(Props.errors("payload.encoder", "converter")).containsOnlyKeys("payload.converter");
    }

    private static SinkRecord record() {
        return new SinkRecord("orders", 0, null, null, null, "v", 0);
    }
}
