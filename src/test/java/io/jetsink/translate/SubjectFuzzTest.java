package io.jetsink.translate;

import static io.jetsink.translate.Records.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.publish.RejectedRecordException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random keys, topics and templates against a checker and a decoder that share no code with the translator. */
class SubjectFuzzTest {
    private static final long SEED = Long.getLong("jetsink.fuzz.seed", 20260801);
    private static final int RUNS = 100_000;
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final List<String> NASTY = List.of(
            "$JS.API.STREAM.DELETE.X",
            "$JS.API.STREAM.PURGE.X",
            "_INBOX.abc",
            "_R_.abc",
            "\r\nPUB x 0\r\n\r\n",
            "\r\n",
            "*",
            ">",
            "a.>",
            ".",
            "..",
            "%",
            "%2E",
            "%ED%A0%80",
            "\ud800",
            "\udc00",
            "\ufffd",
            "?",
            "\u00e9",
            "e\u0301",
            "\u202e",
            "\0");

    private final SplittableRandom random = new SplittableRandom(SEED);

    @Test
    void everyKeyYieldsAValidSubjectOfItsOwnThatDecodesToItsBytes() {
        String prefix = "orders.";
        TemplateSubjectMapper subjects = new TemplateSubjectMapper(SubjectTemplate.parse(prefix + "${key}"));
        Map<String, Object> keys = new HashMap<>();
        int rejected = 0;
        for (int run = 0; run < RUNS; run++) {
            String where = "seed " + SEED + ", run " + run;
            Object key = random.nextInt(4) == 0 ? randomBytes() : randomText();
            byte[] bytes = key instanceof String text ? generalizedUtf8(text) : (byte[]) key;
            boolean fits = bytes.length > 0 && prefix.length() + encodedLength(bytes) <= 1024;

            String subject = subjectOrNull(subjects, at("t", 0, key));

            assertThat(subject != null).as(where).isEqualTo(fits);
            if (subject == null) {
                rejected++;
                continue;
            }
            requireValid(subject, where);
            assertThat(tokens(subject)).as(where).hasSize(2);
            assertThat(decode(subject.substring(prefix.length()))).as(where).isEqualTo(bytes);
            if (key instanceof String) {
                Object before = keys.put(subject, key);
                assertThat(before == null || before.equals(key)).as(where).isTrue();
            }
        }
        assertThat(rejected).as("seed " + SEED).isBetween(RUNS / 1000, RUNS / 4);
        assertThat(keys).as("seed " + SEED).hasSizeGreaterThan(RUNS / 4);
    }

    @Test
    void differentTopicsNeverShareASubject() {
        String[] pieces = {"a", "b", "_", "-", ".", ".", ".", "%", "2", "E", "$", "*", "R", "\u00e9", "\ud83d", "\ude00"
        };
        TemplateSubjectMapper subjects = new TemplateSubjectMapper(SubjectTemplate.parse("${topic}"));
        Map<String, String> topics = new HashMap<>();
        for (int run = 0; run < RUNS; run++) {
            String where = "seed " + SEED + ", run " + run;
            String topic = randomFrom(pieces, 1 + random.nextInt(8));

            String subject = subjectOrNull(subjects, at(topic, 0, null));

            assertThat(subject == null).as(where).isEqualTo(topic.startsWith("_R_"));
            if (subject != null) {
                requireValid(subject, where);
                assertThat(decode(subject)).as(where).isEqualTo(generalizedUtf8(topic));
                String before = topics.put(subject, topic);
                assertThat(before == null || before.equals(topic)).as(where).isTrue();
            }
        }
        assertThat(topics).as("seed " + SEED).hasSizeGreaterThan(RUNS / 4);
    }

    @Test
    void differentTopicsPartitionsAndKeysNeverShareASubject() {
        String[] pieces = {"a", "1", ".", ".", "-", "%", "2E"};
        TemplateSubjectMapper subjects =
                new TemplateSubjectMapper(SubjectTemplate.parse("x.${topic}.${partition}.${key}"));
        Map<String, List<Object>> records = new HashMap<>();
        for (int run = 0; run < RUNS; run++) {
            String where = "seed " + SEED + ", run " + run;
            String topic = randomFrom(pieces, 1 + random.nextInt(4));
            String key = randomFrom(pieces, 1 + random.nextInt(4));
            int partition = random.nextInt(3);

            String subject = subjects.subjectFor(at(topic, partition, key));

            requireValid(subject, where);
            List<Object> coordinates = List.of(topic, partition, key);
            List<Object> before = records.put(subject, coordinates);
            assertThat(before == null || before.equals(coordinates)).as(where).isTrue();
        }
    }

    @Test
    void everyTemplateIsAConfigErrorOrMakesOnlyValidSubjects() {
        String[] pieces = {
            "a",
            "a",
            "b",
            ".",
            ".",
            ".",
            "${topic}",
            "${topic}",
            "${key}",
            "${key}",
            "${partition}",
            "-",
            "_",
            "_IN",
            "_R_",
            "$",
            "{",
            "}",
            "*",
            ">",
            " ",
            "\u00e9",
            "%",
            "\n"
        };
        int valid = 0;
        for (int run = 0; run < RUNS; run++) {
            String where = "seed " + SEED + ", run " + run;
            SubjectTemplate template;
            try {
                template = SubjectTemplate.parse(randomFrom(pieces, random.nextInt(8)));
            } catch (ConfigException e) {
                continue;
            }
            valid++;
            String subject = subjectOrNull(
                    new TemplateSubjectMapper(template), at(randomText(), random.nextInt(9), randomText()));
            if (subject != null) {
                requireValid(subject, where);
            }
        }
        assertThat(valid).as("seed " + SEED).isGreaterThan(RUNS / 10);
    }

    private static void requireValid(String subject, String where) {
        assertThat(subject)
                .as(where)
                .matches("[!-~]{1,1024}")
                .doesNotContain("*", ">")
                .doesNotStartWith("$");
        assertThat(tokens(subject)).as(where).hasSizeLessThanOrEqualTo(32).doesNotContain("");
        assertThat(tokens(subject)[0]).as(where).isNotIn("_INBOX", "_R_");
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

    private static int encodedLength(byte[] bytes) {
        int length = 0;
        for (byte b : bytes) {
            length += UNRESERVED.indexOf(b) >= 0 ? 1 : 3;
        }
        return length;
    }

    private static byte[] decode(String text) {
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) == '%') {
                bytes.put((byte) Integer.parseInt(text.substring(at + 1, at + 3), 16));
                at += 2;
            } else {
                bytes.put((byte) text.charAt(at));
            }
        }
        byte[] decoded = new byte[bytes.position()];
        bytes.flip().get(decoded);
        return decoded;
    }

    /** UTF-8 as the JDK has it, and the three-byte form for what the JDK would replace. */
    private static byte[] generalizedUtf8(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        text.codePoints().forEach(codePoint -> {
            if (codePoint >= 0xD800 && codePoint <= 0xDFFF) {
                bytes.write(0xED);
                bytes.write(0x80 + (codePoint - 0xD000) / 64);
                bytes.write(0x80 + codePoint % 64);
            } else {
                bytes.writeBytes(Character.toString(codePoint).getBytes(UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    private byte[] randomBytes() {
        byte[] bytes = new byte[randomLength()];
        random.nextBytes(bytes);
        return bytes;
    }

    private String randomText() {
        if (random.nextInt(8) == 0) {
            return NASTY.get(random.nextInt(NASTY.size())) + (random.nextBoolean() ? "" : random.nextInt(3));
        }
        int length = randomLength();
        // One alphabet per text: short texts of few characters find what collides, wide ones what is encoded wrongly.
        int alphabet = random.nextInt(6);
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            switch (alphabet) {
                case 0 -> text.append((char) random.nextInt(0x20));
                case 1 -> text.append((char) random.nextInt(0x20, 0x7f));
                case 2 -> text.append((char) random.nextInt(0x10000));
                case 3 -> text.append((char) random.nextInt(0xD7FE, 0xE002));
                case 4 -> text.appendCodePoint(random.nextInt(0x10000, 0x110000));
                default -> text.append(UNRESERVED.charAt(random.nextInt(UNRESERVED.length())));
            }
        }
        return text.toString();
    }

    private int randomLength() {
        return switch (random.nextInt(100)) {
            case 0 -> random.nextInt(10_001);
            case 1, 2, 3 -> random.nextInt(300, 1100);
            case 4, 5 -> 0;
            default -> random.nextInt(1, 12);
        };
    }

    private String randomFrom(String[] pieces, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return text.toString();
    }
}
