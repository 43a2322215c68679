package io.jetsink.faults.mutants;

import io.jetsink.NatsJetStreamSinkTask;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connector's task behind something that is not as it should be. */
public final class Mutant extends SinkTask {
    private static final Logger LOG = LoggerFactory.getLogger(Mutant.class);

    private final NatsJetStreamSinkTask task = new NatsJetStreamSinkTask();
    private final Flaw flaw;

    private Mutant(Flaw flaw) {
        this.flaw = flaw;
    }

    /** What is wrong. */
    interface Flaw {
        /** When the task is started with this. */
        default void started(Map<String, String> props) {}

        /** What the task is given of a poll. */
        default List<SinkRecord> put(List<SinkRecord> records) {
            return records;
        }

        /** What Connect is told of what the task says. */
        default Map<TopicPartition, OffsetAndMetadata> preCommit(
                Map<TopicPartition, OffsetAndMetadata> consumed, Map<TopicPartition, OffsetAndMetadata> safe) {
            return safe;
        }
    }

    /** What was put counts as stored. */
    public static SinkTask commitsWhatWasPut() {
        return new Mutant(new Flaw() {
            @Override
            public Map<TopicPartition, OffsetAndMetadata> preCommit(
                    Map<TopicPartition, OffsetAndMetadata> consumed, Map<TopicPartition, OffsetAndMetadata> safe) {
                return consumed;
            }
        });
    }

    /** One record of all is missing. */
    public static SinkTask dropsOne() {
        return new Mutant(new Flaw() {
            @Override
            public List<SinkRecord> put(List<SinkRecord> records) {
                return records.stream()
                        .filter(record -> record.originalKafkaOffset() != 777)
                        .toList();
            }
        });
    }

    /** Two records of all change places. */
    public static SinkTask swapsTwo() {
        return new Mutant(new Flaw() {
            @Override
            public List<SinkRecord> put(List<SinkRecord> records) {
                SinkRecord[] swapped = records.toArray(SinkRecord[]::new);
                for (int i = 1; i < swapped.length; i++) {
                    if (swapped[i].originalKafkaOffset() == 777) {
                        swapped[i] = swapped[i - 1];
                        swapped[i - 1] = records.get(i);
                    }
                }
                return List.of(swapped);
            }
        });
    }

    /** Whoever turns its log up reads what it was configured with. */
    public static SinkTask saysItsConfig() {
        return new Mutant(new Flaw() {
            @Override
            public void started(Map<String, String> props) {
                LOG.debug("Started with {}", props);
            }
        });
    }

    @Override
    public String version() {
        return task.version();
    }

    @Override
    public void start(Map<String, String> props) {
        flaw.started(props);
        task.initialize(context);
        task.start(props);
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        task.open(partitions);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        task.put(flaw.put(List.copyOf(records)));
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> consumed) {
        return flaw.preCommit(consumed, task.preCommit(consumed));
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        task.close(partitions);
    }

    @Override
    public void stop() {
        task.stop();
    }
}
