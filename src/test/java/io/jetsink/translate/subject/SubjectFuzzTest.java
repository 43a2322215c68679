package io.jetsink.translate.subject;

import static io.jetsink.translate.Records.at;
import static io.jetsink.translate.Records.withValue;
import static io.jetsink.translate.subject.Subjects.mapper;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.RejectedRecordException;
import io.jetsink.message.SubjectFilter;
import io.jetsink.support.EncodedText;
import io.jetsink.support.HostileTexts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Random keys, topics and templates against a checker and a decoder that share no code with the translator. */
class SubjectFuzzTest {
    private static final long SEED = Long.getLong("jetsink.fuzz.seed", 20260801);
    private static final int RUNS = 100_000;
    /** Of each way and template beyond the first. */
    private static final int MORE_RUNS = 20_000;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final HostileTexts texts = new HostileTexts(random);

    /** Each way of a value into a subject, behind {@code orders.}, and a record that has it there. */
    private enum Way {
        KEY("${key}"),
        KEY_OF_A_BUCKET("${key}", "bucket"),
        FIELD_OF_KEY("${key.a.b}"),
        FIELD_OF_VALUE("${value.a.b}"),
        HEADER("${header.x.y}"),
        HEADER_OF_A_BUCKET("${header.x.y}", "bucket");

        private final String prefix;
        private final char escape;
        private final TemplateSubjectMapper subjects;

        Way(String variable) {
            this.prefix = "orders.";
            this.escape = '%';
            this.subjects = mapper(prefix + variable);
        }

        Way(String variable, String bucket) {
            this.prefix = "$KV." + bucket + ".orders.";
            this.escape = '=';
            this.subjects = mapper("orders." + variable, null, bucket);
        }

        SinkRecord record(Object value) {
            return switch (this) {
                case KEY, KEY_OF_A_BUCKET -> at("t", 0, value);
                case FIELD_OF_KEY -> at("t", 0, Map.of("a", Map.of("b", value)));
                case FIELD_OF_VALUE -> withValue(null, Map.of("a", Map.of("b", value)));
                case HEADER, HEADER_OF_A_BUCKET -> {
                    SinkRecord record = at("t", 0, "k");
                    record.headers().add("x.y", "before", null).add("x.y", value, null);
                    yield record;
                }
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyValueYieldsAValidSubjectOfItsOwnThatDecodesToItsBytes(Way way) {
        int runs = way == Way.KEY ? RUNS : MORE_RUNS;
        Map<String, Object> values = new HashMap<>();
        int rejected = 0;
        for (int run = 0; run < runs; run++) {
            String where = "seed " + SEED + ", run " + run;
            Object value = random.nextInt(4) == 0 ? texts.bytes() : texts.text();
            byte[] bytes = value instanceof String text ? EncodedText.bytes(text) : (byte[]) value;
            boolean fits = bytes.length > 0 && way.prefix.length() + EncodedText.length(bytes) <= 1024;

            String subject = subjectOrNull(way.subjects, way.record(value));

            assertThat(subject != null).as(where).isEqualTo(fits);
            if (subject == null) {
                rejected++;
                continue;
            }
            requireValid(subject, way.escape, where);
            assertThat(subject).as(where).startsWith(way.prefix);
            String token = subject.substring(way.prefix.length());
            assertThat(tokens(token)).as(where).hasSize(1);
            assertThat(EncodedText.decode(token, way.escape)).as(where).isEqualTo(bytes);
            if (value instanceof String) {
                Object before = values.put(subject, value);
                assertThat(before == null || before.equals(value)).as(where).isTrue();
            }
        }
        assertThat(rejected).as("seed " + SEED).isBetween(runs / 1000, runs / 4);
        assertThat(values).as("seed " + SEED).hasSizeGreaterThan(runs / 4);
    }

    @ParameterizedTest
    @CsvSource({"${topic}, ", "${topic:token}, ", "${topic}, bucket", "${topic:token}, bucket"})
    void differentTopicsNeverShareASubject(String template, @Nullable String bucket) {
        String[] pieces = {
            "a", "b", "_", "-", ".", ".", ".", "%", "=", "2", "E", "$", "*", "R", "kv", "\u00e9", "\ud83d", "\ude00"
        };
        int runs = template.equals("${topic}") && bucket == null ? RUNS : MORE_RUNS;
        String prefix = bucket == null ? "" : "$KV." + bucket + ".";
        char escape = bucket == null ? '%' : '=';
        String reserved = bucket == null ? "_R_" : "_kv";
        TemplateSubjectMapper subjects = mapper(template, null, bucket);
        Map<String, String> topics = new HashMap<>();
        for (int run = 0; run < runs; run++) {
            String where = "seed " + SEED + ", run " + run;
            String topic = texts.of(pieces, 1 + random.nextInt(8));

            String subject = subjectOrNull(subjects, at(topic, 0, null));

            assertThat(subject == null).as(where).isEqualTo(topic.startsWith(reserved));
            if (subject != null) {
                requireValid(subject, escape, where);
                assertThat(subject).as(where).startsWith(prefix);
                assertThat(EncodedText.decode(subject.substring(prefix.length()), escape))
                        .as(where)
                        .isEqualTo(EncodedText.bytes(topic));
                String before = topics.put(subject, topic);
                assertThat(before == null || before.equals(topic)).as(where).isTrue();
            }
        }
        assertThat(topics).as("seed " + SEED).hasSizeGreaterThan(runs / 4);
    }

    @Test
    void differentTopicsPartitionsKeysFieldsAndHeadersNeverShareASubject() {
        String[] pieces = {"a", "1", ".", ".", "-", "%", "2E"};
        TemplateSubjectMapper subjects = mapper("x.${topic}.${partition}.${key}.${value.a}.${header.h:-!none}");
        Map<String, List<Object>> records = new HashMap<>();
        for (int run = 0; run < RUNS; run++) {
            String where = "seed " + SEED + ", run " + run;
            String topic = texts.of(pieces, 1 + random.nextInt(3));
            String key = texts.of(pieces, 1 + random.nextInt(2));
            String field = texts.of(pieces, 1 + random.nextInt(2));
            String header = texts.of(pieces, random.nextInt(2));
            int partition = random.nextInt(3);
            SinkRecord record = new SinkRecord(topic, partition, null, key, null, Map.of("a", field), 7);
            record.headers().addString("h", header);

            String subject = subjects.subjectFor(record);

            requireValid(subject, '%', where);
            List<Object> coordinates = List.of(topic, partition, key, field, header);
            List<Object> before = records.put(subject, coordinates);
            assertThat(before == null || before.equals(coordinates)).as(where).isTrue();
        }
    }

    @Test
    void everyTemplateIsAConfigErrorOrMakesOnlyValidSubjects() {
        String[] pieces = Stream.concat(Stream.of(" ", "\n"), Stream.of("""
                        a a b . . . - _ _IN _R_ $ { } * > % \u00e9
                        ${topic} ${topic} ${topic:token} ${partition}
                        ${key} ${key} ${key:- ${key:-_IN} ${key:-a.b} ${key.a:-b}
                        ${value.a} ${value. ${header.h} ${header. ${header.h:-}
                        ${timestamp:yyyy.MM} ${timestamp:HH:mm} ${timestamp:'.'}
                        """.split("\\s+")))
                .toArray(String[]::new);
        int valid = 0;
        for (int run = 0; run < RUNS; run++) {
            String where = "seed " + SEED + ", run " + run;
            TemplateSubjectMapper subjects;
            try {
                subjects = mapper(texts.of(pieces, random.nextInt(8)));
            } catch (ConfigException e) {
                continue;
            }
            valid++;
            String subject = subjectOrNull(subjects, randomRecord());
            if (subject != null) {
                requireValid(subject, '%', where);
                assertThat(subjects.subjects()).as(where).allMatch(filter -> SubjectFilter.covers(filter, subject));
            }
        }
        assertThat(valid).as("seed " + SEED).isGreaterThan(RUNS / 10);
    }

    private static void requireValid(String subject, char escape, String where) {
        assertThat(subject).as(where).matches("[!-~]{1,1024}").doesNotContain("*", ">");
        assertThat(tokens(subject)).as(where).hasSizeLessThanOrEqualTo(32).doesNotContain("");
        if (escape == '%') {
            assertThat(subject).as(where).doesNotStartWith("$");
            assertThat(tokens(subject)[0]).as(where).isNotIn("_INBOX", "_R_");
        } else {
            // As ADR-8 has keys.
            assertThat(subject).as(where).matches("\\$KV\\.bucket\\.[-/_=.a-zA-Z0-9]+");
            assertThat(subject).as(where).doesNotStartWith("$KV.bucket._kv");
        }
    }

    private static String[] tokens(String subject) {
        return subject.split("\\.", -1);
    }

    private static @Nullable String subjectOrNull(TemplateSubjectMapper subjects, SinkRecord record) {
        try {
            return subjects.subjectFor(record);
        } catch (RejectedRecordException e) {
            return null;
        }
    }

    private SinkRecord randomRecord() {
        @Nullable Object key = random.nextInt(4) == 0 ? null : texts.text();
        Map<String, Object> value = random.nextInt(4) == 0 ? Map.of() : Map.of("a", texts.text());
        @Nullable Long timestamp = random.nextInt(4) == 0 ? null : random.nextLong();
        SinkRecord record = new SinkRecord(
                texts.text(), random.nextInt(9), null, key, null, value, 7, timestamp, TimestampType.CREATE_TIME);
        if (random.nextInt(4) > 0) {
            record.headers().addString("h", texts.text());
        }
        return record;
    }
}
