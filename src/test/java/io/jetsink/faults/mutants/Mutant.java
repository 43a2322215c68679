package io.jetsink.faults.mutants;

import io.jetsink.NatsJetStreamSinkTask;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
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
    private final Consumer<Map<String, String>> started;
    private final UnaryOperator<List<SinkRecord>> put;
    private final BinaryOperator<Map<TopicPartition, OffsetAndMetadata>> preCommit;

    /**
     * @param started is told what the task is started with
     * @param put makes of a poll what the task is given
     * @param preCommit makes of what was consumed and of what the task says is safe what Connect is told
     */
    private Mutant(
            Consumer<Map<String, String>> started,
            UnaryOperator<List<SinkRecord>> put,
            BinaryOperator<Map<TopicPartition, OffsetAndMetadata>> preCommit) {
        this.started = started;
        this.put = put;
        this.preCommit = preCommit;
    }

    private static Mutant putting(UnaryOperator<List<SinkRecord>> put) {
        return new Mutant(props -> {}, put, (consumed, safe) -> safe);
    }

    /** What was put counts as stored. */
    public static SinkTask commitsWhatWasPut() {
        return new Mutant(props -> {}, records -> records, (consumed, safe) -> consumed);
    }

    /** One record of all is missing. */
    public static SinkTask dropsOne() {
        return putting(records -> records.stream()
                .filter(record -> record.originalKafkaOffset() != 777)
                .toList());
    }

    /** Two records of all change places. */
    public static SinkTask swapsTwo() {
        return putting(records -> {
            SinkRecord[] swapped = records.toArray(SinkRecord[]::new);
            for (int i = 1; i < swapped.length; i++) {
                if (swapped[i].originalKafkaOffset() == 777) {
                    swapped[i] = swapped[i - 1];
                    swapped[i - 1] = records.get(i);
                }
            }
            return List.of(swapped);
        });
    }

    /** Whoever turns its log up reads what it was configured with. */
    public static SinkTask saysItsConfig() {
        return new Mutant(props -> LOG.debug("Started with {}", props), records -> records, (consumed, safe) -> safe);
    }

    @Override
    public String version() {
        return task.version();
    }

    @Override
    public void start(Map<String, String> props) {
        started.accept(props);
        task.initialize(context);
        task.start(props);
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        task.open(partitions);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        task.put(put.apply(List.copyOf(records)));
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> consumed) {
        return preCommit.apply(consumed, task.preCommit(consumed));
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
