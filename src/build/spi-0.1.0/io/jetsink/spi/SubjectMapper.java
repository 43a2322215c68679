package io.jetsink.spi;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.connect.sink.SinkRecord;

@FunctionalInterface
public interface SubjectMapper extends Configurable, AutoCloseable {
    String subjectFor(SinkRecord record);

    default List<String> subjects() {
        return List.of(">");
    }

    @Override
    default void configure(Map<String, ?> configs) {}

    @Override
    default void close() {}
}
