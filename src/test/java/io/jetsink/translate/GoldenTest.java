package io.jetsink.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.RejectedRecordException;
import io.jetsink.support.Translations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What becomes of records, byte for byte, in a file for each. They are written again, to be read in a diff, by
 *
 * <pre>mvn -q test -Dtest=GoldenTest -Dgolden.write</pre>
 */
class GoldenTest {
    private static final Path FOLDER = Path.of("src", "test", "resources", "io", "jetsink", "translate", "golden");
    private static final String SUFFIX = ".txt";
    private static final Pattern EVENTS = Pattern.compile("(event|whole|invalid)-.*");
    private static final String EPOCH = "date.format=epoch";

    private static final Map<String, RecordTranslator> TRANSLATORS = new LinkedHashMap<>();

    @BeforeAll
    static void start() {
        arm("auto", "auto");
        arm("auto with epoch and base64", "auto", EPOCH, "decimal.format=base64");
        arm("raw", "raw");
        arm("json", "json");
        arm("json with epoch and string", "json", EPOCH, "decimal.format=string");
        arm("json with epoch and base64", "json", EPOCH, "decimal.format=base64");
        converter("org.apache.kafka.connect.json.JsonConverter");
        converter("org.apache.kafka.connect.json.JsonConverter", "schemas.enable", "false");
        converter("org.apache.kafka.connect.storage.StringConverter");
        converter("org.apache.kafka.connect.converters.ByteArrayConverter");
        arm("cloudevents", "cloudevents");
        arm("cloudevents with epoch and base64", "cloudevents", EPOCH, "decimal.format=base64");
        arm("cloudevents structured", "cloudevents", "cloudevents.mode=structured", "cloudevents.source=https://a.b/c");
        arm(
                "cloudevents structured with epoch and string",
                "cloudevents",
                "cloudevents.mode=structured",
                "cloudevents.source=https://a.b/c",
                EPOCH,
                "decimal.format=string");
    }

    @AfterAll
    static void stop() {
        TRANSLATORS.values().forEach(RecordTranslator::close);
        TRANSLATORS.clear();
    }

    static Stream<String> names() {
        return GoldenRecords.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void aRecordBecomesExactlyWhatItsFileSays(String name) throws IOException {
        String text = text(name, GoldenRecords.all().get(name));
        Path file = FOLDER.resolve(name + SUFFIX);
        if (writes()) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, text);
        }

        assertThat(text)
                .as("write it with: mvn -q test -Dtest=GoldenTest -Dgolden.write")
                .isEqualTo(Files.readString(file));
    }

    @Test
    void everyFileHasItsRecord() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            names().map(name -> name + SUFFIX).toList());
        }
    }

    /** Ways that lead to the same message stand together above it. */
    private static String text(String name, SinkRecord record) {
        Map<String, List<String>> byOutcome = new LinkedHashMap<>();
        TRANSLATORS.forEach((arm, translator) -> {
            if (isOfInterest(name, arm, record.value())) {
                byOutcome
                        .computeIfAbsent(outcome(translator, record), key -> new ArrayList<>())
                        .add(arm);
            }
        });
        StringBuilder text = new StringBuilder(GoldenText.of(record));
        byOutcome.forEach((outcome, arms) ->
                text.append('\n').append(String.join("\n", arms)).append('\n').append(outcome));
        return text.toString();
    }

    private static boolean isOfInterest(String name, String arm, @Nullable Object value) {
        // What Java makes of these as text is not the same twice, or everywhere.
        boolean unsteady = value instanceof byte[]
                || value instanceof ByteBuffer
                || value instanceof java.util.Date
                || name.equals("struct");
        if (unsteady && arm.equals("StringConverter")) {
            return false;
        }
        return !EVENTS.matcher(name).matches() || arm.startsWith("cloudevents");
    }

    private static String outcome(RecordTranslator translator, SinkRecord record) {
        try {
            return GoldenText.of(HeaderLines.message(translator, record));
        } catch (RejectedRecordException e) {
            return GoldenText.rejected(String.valueOf(e.getMessage()));
        }
    }

    private static void converter(String type, String... own) {
        List<String> props = new ArrayList<>(List.of("payload.encoder", "converter", "payload.converter", type));
        String name = type.substring(type.lastIndexOf('.') + 1);
        for (int i = 0; i < own.length; i += 2) {
            props.addAll(List.of("payload.converter." + own[i], own[i + 1]));
            name += " with " + own[i] + "=" + own[i + 1];
        }
        add(name, props);
    }

    private static void arm(String name, String encoder, String... own) {
        List<String> props = new ArrayList<>(List.of("payload.encoder", encoder));
        for (String entry : own) {
            String[] parts = entry.split("=", 2);
            props.addAll(List.of("payload.encoder." + parts[0], parts[1]));
        }
        add(name, props);
    }

    private static void add(String name, List<String> props) {
        props.addAll(List.of("subject", "${topic}.${partition}"));
        TRANSLATORS.put(name, new RecordTranslator(Translations.of(props.toArray(String[]::new)), "orders"));
    }

    private static boolean writes() {
        return System.getProperty("golden.write") != null;
    }
}
