package io.jetsink.tool;

import io.jetsink.config.MessageSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.message.OutboundMessage;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.tool.compare.Comparison;
import io.jetsink.tool.compare.CoordinatesMatcher;
import io.jetsink.tool.compare.Count;
import io.jetsink.tool.compare.DigestMatcher;
import io.jetsink.tool.compare.PartitionTally;
import io.jetsink.tool.compare.RecordLog;
import io.jetsink.tool.compare.RecordMatcher;
import io.jetsink.tool.compare.Replacement;
import io.nats.client.Message;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StreamConfiguration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * {@code verify}: compares the topics of a connector with its stream. It reads the committed offsets first, then the end of the
 * stream, then the end of the topics. So each committed record and each message that is read is known, also while the connector
 * runs.
 */
final class VerifyCommand {
    private static final String MARKER = "Jetsink-Marker";

    private final ConnectorConfig connector;

    VerifyCommand(ConnectorConfig connector) {
        this.connector = connector;
    }

    int run(Arguments arguments, Output output, Progress progress) throws InterruptedException {
        connector.requireName();
        SinkConfig config = connector.parse();
        try (RecordTranslation translation = new RecordTranslation(config, connector);
                TopicReader topics = new TopicReader(connector, TopicReader.group(config))) {
            List<TopicPartition> partitions = topics.partitions(null);
            Map<TopicPartition, Long> required =
                    arguments.toEnd() ? topics.ends(partitions) : topics.committed(partitions);
            try (NatsAccess nats = NatsAccess.connect(config)) {
                TargetStream stream = comparable(nats.stream(translation.subjectFilters()));
                translation.limit(nats.limit(stream));
                StreamReader messages = new StreamReader(nats, stream, translation.subjectFilters());
                Map<TopicPartition, Long> ends = topics.ends(partitions);

                RecordLog log = new RecordLog();
                RecordMatcher matcher = matcher(config, log, ends);
                Replacement replacement = new Replacement(log, rule(config, stream));
                Records records = new Records(log, matcher, replacement, translation, progress);
                records.read(topics, partitions, required, ends);
                Comparison comparison = new Comparison(log, matcher);
                messages.read(matcher.needsPayloads(), message -> add(comparison, message), progress);

                PartitionTally total = comparison.end(removes(stream.configuration()) && messages.first() > 1);
                Promise promise = Promise.of(config.publish(), total);
                Map<String, String> about = new LinkedHashMap<>();
                about.put("connector", config.connectorName());
                about.put("stream", stream.name());
                about.put("upTo", arguments.toEnd() ? "end of the topics" : "committed offsets");
                about.put("comparedBy", matcher.name());
                new VerifyReport(
                                about,
                                log.partitions(),
                                total,
                                comparison,
                                notes(arguments, config, partitions, required),
                                promise)
                        .writeTo(output);
                return promise.broken().isEmpty() ? JetsinkCommand.OK : JetsinkCommand.PROBLEM;
            }
        }
    }

    private static void add(Comparison comparison, Message message) {
        // Exactly-once keeps its offsets in messages of the stream.
        if (message.getHeaders() == null || !message.getHeaders().containsKey(MARKER)) {
            comparison.add(
                    message.metaData().streamSequence(), message.getSubject(), message.getHeaders(), message.getData());
        }
    }

    private static TargetStream comparable(@Nullable TargetStream stream) {
        if (stream == null) {
            throw new UsageException(
                    "the subjects of the connector match several streams: set jetstream.stream to the one to compare");
        }
        if (stream.configuration().getSubjectTransform() != null) {
            throw new ToolException(
                    "stream " + stream.name() + " transforms subjects, so its messages do not have the subjects of the"
                            + " connector",
                    null);
        }
        if (stream.configuration().getRetentionPolicy() != RetentionPolicy.Limits) {
            throw new ToolException(
                    "stream " + stream.name() + " removes messages that were consumed (retention "
                            + stream.configuration().getRetentionPolicy() + "), so it cannot be compared with topics",
                    null);
        }
        return stream;
    }

    private static RecordMatcher matcher(SinkConfig config, RecordLog log, Map<TopicPartition, Long> ends) {
        if (config.translation().headers().mapper().builtIn()
                && config.translation().headers().coordinates()) {
            return CoordinatesMatcher.ofHeaders(log, ends);
        }
        MessageSettings settings = config.translation().message();
        if (settings.id().builtIn() && settings.id().name().equals(MessageSettings.COORDINATES)) {
            String prefix = settings.idPrefix();
            return CoordinatesMatcher.ofIds(log, ends, prefix == null ? config.connectorName() : prefix);
        }
        return new DigestMatcher(log);
    }

    private static Replacement.Rule rule(SinkConfig config, TargetStream stream) {
        MessageSettings settings = config.translation().message();
        if (settings.identifiesBySubject()) {
            return Replacement.Rule.FIRST_OF_SUBJECT;
        }
        if (stream.configuration().getMaxMsgsPerSubject() > 0) {
            return Replacement.Rule.LAST_OF_SUBJECT;
        }
        return settings.identifies() && !settings.id().name().equals(MessageSettings.COORDINATES)
                ? Replacement.Rule.FIRST_OF_ID
                : Replacement.Rule.NONE;
    }

    /** Returns whether the limits of the stream remove its oldest messages. */
    private static boolean removes(StreamConfiguration stream) {
        return !stream.getMaxAge().isZero() || stream.getMaxMsgs() > 0 || stream.getMaxBytes() > 0;
    }

    private static List<String> notes(
            Arguments arguments,
            SinkConfig config,
            List<TopicPartition> partitions,
            Map<TopicPartition, Long> required) {
        List<String> notes = new ArrayList<>();
        long without = partitions.stream()
                .filter(partition -> !required.containsKey(partition))
                .count();
        if (without > 0 && !arguments.toEnd()) {
            notes.add("the group of the connector has committed no offset for " + without
                    + " partitions, whose records are not expected in the stream (--to-end expects them)");
        }
        if (config.translation().message().usesTtl()) {
            notes.add("records whose messages have expired (message.ttl) count as missing");
        }
        if (config.bucket() != null) {
            notes.add("only the last value of each key is compared, because the bucket may have removed earlier ones");
        }
        return notes;
    }

    /** Reads the records of all partitions into the log. */
    private record Records(
            RecordLog log,
            RecordMatcher matcher,
            Replacement replacement,
            RecordTranslation translation,
            Progress progress) {
        void read(
                TopicReader topics,
                List<TopicPartition> partitions,
                Map<TopicPartition, Long> required,
                Map<TopicPartition, Long> ends) {
            Map<TopicPartition, Long> beginnings = topics.beginnings(partitions);
            long all = 0;
            for (TopicPartition partition : partitions) {
                all += ends.getOrDefault(partition, 0L) - beginnings.getOrDefault(partition, 0L);
            }
            long done = 0;
            for (TopicPartition partition : partitions) {
                PartitionTally tally = log.begin(partition);
                long begin = beginnings.getOrDefault(partition, 0L);
                long end = ends.getOrDefault(partition, 0L);
                long limit = required.getOrDefault(partition, 0L);
                long before = done - begin;
                long total = all;
                topics.read(partition, begin, end, record -> {
                    add(tally, record, record.offset() < limit);
                    progress.show("Topics", before + record.offset(), total);
                    return true;
                });
                done += end - begin;
            }
            progress.show("Topics", 1, 1);
        }

        private void add(PartitionTally tally, ConsumerRecord<byte[], byte[]> record, boolean required) {
            Outcome outcome = translation.of(record);
            OutboundMessage message = outcome.message();
            int index = log.add(record.offset());
            if (message == null || !required) {
                log.setOptional(index);
            } else {
                tally.add(Count.RECORDS, 1);
            }
            if (message != null) {
                matcher.add(index, message);
                replacement.add(index, message);
            } else if (required) {
                count(tally, outcome.kind());
            }
        }

        private static void count(PartitionTally tally, Outcome.Kind kind) {
            if (kind == Outcome.Kind.DROPPED || kind == Outcome.Kind.SKIPPED) {
                tally.add(Count.SKIPPED, 1);
            } else {
                tally.add(Count.REJECTED, 1);
            }
        }
    }
}
