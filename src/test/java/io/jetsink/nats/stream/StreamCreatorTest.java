package io.jetsink.nats.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.CodedException;
import io.jetsink.publish.Failures;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a refused creation means: a setting that has to change, named, or something that may pass. */
class StreamCreatorTest {
    @ParameterizedTest
    @CsvSource({
        "10052, -1, all",
        "10065, -1, subjects",
        "10074, -1, replicas",
        "10120, -1, replicas",
        "10113, -1, bytes",
        "10122, 5, bytes",
        "10047, 5, bytes",
        "10028, 5, 'bytes, storage'",
        "10002, 5, bytes",
        "10027, -1, 'name to write to an existing one, or raise the account''s limit'",
    })
    void namesTheKeyThatHasToChange(int code, long maxBytes, String see) {
        assertThat(refusal(code, maxBytes))
                .isInstanceOf(MisconfiguredException.class)
                .hasMessage("stream ORDERS cannot be created: text [" + code + "] (see " + see + ")");
    }

    @ParameterizedTest
    @CsvSource({
        "10047, -1, 'storage, replicas'",
        "10028, -1, 'storage, replicas'",
        "10002, -1, 'storage, replicas'",
        "10023, 5, 'storage, replicas'",
        "10005, -1, replicas",
        "10005, 5, 'replicas, bytes'",
        "10008, -1, creation",
        "99999, -1, creation",
    })
    void waitsForWhatMayPass(int code, long maxBytes, String keys) {
        assertThat(refusal(code, maxBytes))
                .isExactlyInstanceOf(CodedException.class)
                .hasMessage("stream ORDERS cannot be created: text [" + code + "] (" + keys + ")");
    }

    private static IOException refusal(int code, @Nullable Long maxBytes) {
        StreamToCreate wanted = new StreamToCreate(
                StreamConfiguration.builder().name("ORDERS").maxBytes(maxBytes).build(),
                Set.of(),
                new StreamToCreate.Keys("creation", "all", "subjects", "replicas", "bytes", "storage", "name"));
        return StreamCreator.refusal(wanted, Failures.refused(code, "text"));
    }
}
