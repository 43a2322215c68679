package io.jetsink.bench;

import io.jetsink.message.OutboundMessage;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.PayloadEncoder;
import io.jetsink.support.Translations;
import io.jetsink.translate.RecordTranslator;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
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
    private final RecordTranslator fields = new RecordTranslator(
            Translations.of(
                    "subject", "orders.${topic}.${value.customer.id}", "payload.encoder", NoPayload.class.getName()),
            "orders");
    private final SinkRecord[] records = records();
    private final SinkRecord[] structs = structs();
    private int next;

    @Benchmark
    public @Nullable OutboundMessage translate() {
        return translator.translate(records[next++ & KEYS - 1]);
    }

    /** The subject from a field within a field of the value; the payload does not count here. */
    @Benchmark
    public @Nullable OutboundMessage translateByField() {
        return fields.translate(structs[next++ & KEYS - 1]);
    }

    private static SinkRecord[] structs() {
        Schema customer =
                SchemaBuilder.struct().field("id", Schema.STRING_SCHEMA).build();
        Schema order = SchemaBuilder.struct()
                .field("number", Schema.INT64_SCHEMA)
                .field("customer", customer)
                .build();
        SinkRecord[] records = new SinkRecord[KEYS];
        for (int i = 0; i < KEYS; i++) {
            Struct value = new Struct(order)
                    .put("number", (long) i)
                    .put("customer", new Struct(customer).put("id", "customer-" + i));
            records[i] = new SinkRecord("topic", 0, null, null, order, value, i);
        }
        return records;
    }

    private static SinkRecord[] records() {
        SinkRecord[] records = new SinkRecord[KEYS];
        for (int i = 0; i < KEYS; i++) {
            records[i] = new SinkRecord("topic", 0, null, "customer-" + i, null, new byte[256], i);
        }
        return records;
    }

    /** Stands in for an encoder. */
    public static final class NoPayload implements PayloadEncoder {
        private static final byte[] NOTHING = {};

        @Override
        public byte[] encode(SinkRecord record, MessageHeaders headers) {
            return NOTHING;
        }
    }
}
