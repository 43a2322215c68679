package com.example.jetsink;

import io.jetsink.spi.SubjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts each record into a region of its own: {@code <topic>.<region>.<key>}. */
public final class RegionSubjects implements SubjectMapper {
    private static final Logger LOG = LoggerFactory.getLogger(RegionSubjects.class);

    private String topic = "";
    private String region = "";

    @Override
    public void configure(Map<String, ?> configs) {
        topic = required(configs, "topic");
        region = required(configs, "region");
    }

    private static String required(Map<String, ?> configs, String name) {
        if (configs.get(name) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw new ConfigException("subject.mapper." + name + " is missing: records have to go somewhere");
    }

    @Override
    public String subjectFor(SinkRecord record) {
        if (!(record.key() instanceof byte[] key)) {
            throw new DataException("a record without a key has no place in a region");
        }
        return topic + "." + region + "." + new String(key, StandardCharsets.UTF_8);
    }

    @Override
    public List<String> subjects() {
        return List.of(topic + "." + region + ".*");
    }

    @Override
    public void close() {
        LOG.info("subjects of region {} are closed", region);
    }
}
