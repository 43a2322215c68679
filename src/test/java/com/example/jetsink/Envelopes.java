package com.example.jetsink;

import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.PayloadEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a text before and one behind each value. */
public final class Envelopes implements PayloadEncoder {
    private static final Logger LOG = LoggerFactory.getLogger(Envelopes.class);

    private String open = "<";
    private String shut = ">";

    @Override
    public void configure(Map<String, ?> configs) {
        open = text(configs, "open", open);
        shut = text(configs, "shut", shut);
    }

    private static String text(Map<String, ?> configs, String name, String otherwise) {
        return configs.get(name) instanceof String text ? text : otherwise;
    }

    @Override
    public byte[] encode(SinkRecord record, MessageHeaders headers) {
        if (!(record.value() instanceof byte[] value)) {
            throw new DataException("envelopes take bytes");
        }
        headers.set("Content-Type", "text/plain");
        return (open + new String(value, StandardCharsets.UTF_8) + shut).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        LOG.info("envelopes are closed");
    }
}
