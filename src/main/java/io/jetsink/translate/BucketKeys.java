package io.jetsink.translate;

import io.jetsink.nats.KvBucket;
import io.jetsink.spi.SubjectMapper;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;

/** Subjects as keys of a bucket, in which {@code =} takes the place of {@code %}, which is not legal there. */
final class BucketKeys implements SubjectMapper {
    private final SubjectMapper keys;
    private final String prefix;

    BucketKeys(SubjectMapper keys, String bucket) {
        this.keys = keys;
        this.prefix = KvBucket.prefix(bucket);
    }

    @Override
    public String subjectFor(SinkRecord record) {
        return prefix + keys.subjectFor(record).replace('%', '=');
    }

    @Override
    public List<String> subjects() {
        return keys.subjects().stream().map(filter -> prefix + filter).toList();
    }
}
