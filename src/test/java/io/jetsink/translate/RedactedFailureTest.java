package io.jetsink.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.RejectedRecordException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;

/** What a class of the user's throws may quote the record, and is logged with its causes by the worker. */
class RedactedFailureTest {
    private static final String FORGED = "key\n[ERROR] all is lost\u001b[31m" + "x".repeat(1_000);
    private static final String SHOWN = "key\\u000A[ERROR] all is lost\\u001B[31mx";

    @Test
    void aVerdictQuotesInOneLineAndCut() {
        RuntimeException verdict = PluginGuard.verdict("payload.encoder", this, new DataException(FORGED));

        assertThat(verdict).isInstanceOf(RejectedRecordException.class);
        assertThat(verdict.getMessage())
                .startsWith("payload.encoder: " + SHOWN)
                .endsWith("x...")
                .hasSizeLessThan(200);
    }

    @Test
    void theTraceOfAVerdictHasNoLineOfARecord() {
        Throwable original = new IllegalStateException(FORGED, new DataException(FORGED));

        String trace = trace(PluginGuard.verdict("subject.mapper", this, (RuntimeException) original));

        assertThat(trace)
                .contains("Caused by: java.lang.IllegalStateException: " + SHOWN)
                .contains("Caused by: " + DataException.class.getName() + ": " + SHOWN)
                .contains("at " + RedactedFailureTest.class.getName())
                .doesNotContain("\u001b");
        assertThat(trace.lines()).noneMatch(line -> line.startsWith("[ERROR]"));
    }

    @Test
    void causesThatAreACircleEnd() {
        Throwable first = new IllegalStateException();
        Throwable second = new IllegalStateException("second", first);
        first.initCause(second);

        assertThat(RedactedFailure.of(first)).hasToString("java.lang.IllegalStateException");
        assertThat(trace(RedactedFailure.of(first))).contains("second");
    }

    @Test
    void whatIsToBeTriedAgainStaysWhatItIs() {
        RetriableException later = new RetriableException(FORGED);

        assertThat(PluginGuard.verdict("payload.encoder", this, later)).isSameAs(later);
    }

    private static String trace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }
}
