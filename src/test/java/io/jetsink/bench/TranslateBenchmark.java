package io.jetsink.bench;

import io.jetsink.publish.OutboundMessage;
import io.jetsink.support.Translations;
import io.jetsink.translate.RecordTranslator;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From a record to a message, with a subject that is another one for each record. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TranslateBenchmark {
    private static final int KEYS = 1024;

    private final RecordTranslator translator =
            new RecordTranslator(Translations.of("subject", "orders.${topic}.${key}"), "orders");
    private final SinkRecord[] records = records();
    private int next;

    @Benchmark
    public @Nullable OutboundMessage translate() {
        return translator.translate(records[next++ & KEYS - 1]);
    }

    private static SinkRecord[] records() {
        SinkRecord[] records = new SinkRecord[KEYS];
        for (int i = 0; i < KEYS; i++) {
            records[i] = new SinkRecord("topic", 0, null, "customer-" + i, null, new byte[256], i);
        }
        return records;
    }
}
