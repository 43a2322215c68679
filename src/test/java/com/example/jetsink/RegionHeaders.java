package com.example.jetsink;

import io.jetsink.spi.HeaderMapper;
import io.jetsink.spi.MessageHeaders;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells where a record came from, and tries what no header may. */
public final class RegionHeaders implements HeaderMapper {
    private static final Logger LOG = LoggerFactory.getLogger(RegionHeaders.class);

    private String region = "nowhere";

    @Override
    public void configure(Map<String, ?> configs) {
        if (configs.get("region") instanceof String text) {
            region = text;
        }
    }

    @Override
    public void mapHeaders(SinkRecord record, MessageHeaders headers) {
        headers.add("Region", region);
        headers.add("Region", "offset " + record.originalKafkaOffset());
        headers.set("Nats-Rollup", "all");
    }

    @Override
    public void close() {
        LOG.info("headers of region {} are closed", region);
    }
}
