package io.jetsink.tool.compare;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.OutboundMessage;
import io.nats.client.impl.Headers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records and streams in memory; a record is named by a letter for its partition and its offset. */
final class ComparisonTest {
    private static final TopicPartition A = new TopicPartition("t", 0);
    private static final TopicPartition B = new TopicPartition("t", 1);

    private final RecordLog log = new RecordLog();
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    private enum Way {
        HEADERS,
        IDS,
        DIGESTS
    }

    @ParameterizedTest
    @EnumSource
    void equalStreamsHaveNoDifference(Way way) {
        Comparison comparison = stored(way, "a0 b0 a1 a2 b1 b2");

        PartitionTally total = comparison.end(false);

        assertThat(counts(total)).containsExactly(6, 6, 0, 0, 0, 0);
        for (Comparison.Kind kind : Comparison.Kind.values()) {
            assertThat(comparison.examples(kind)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachDifferenceIsFoundWithItsCoordinates(Way way) {
        Comparison comparison = stored(way, "a0 a2 b0 b2 b1 a2 x9");

        PartitionTally total = comparison.end(false);

        assertThat(counts(total)).containsExactly(6, 5, 1, 1, 1, 1);
        assertThat(counts(log.partitions().get(0))).containsExactly(3, 2, 1, 1, 0, 0);
        assertThat(counts(log.partitions().get(1))).containsExactly(3, 3, 0, 0, 1, 0);
        assertThat(comparison.examples(Comparison.Kind.MISSING))
                .containsExactly(new Comparison.Example(Comparison.Kind.MISSING, "t-0@1", 0, 0, null));
        assertThat(comparison.examples(Comparison.Kind.DUPLICATE))
                .containsExactly(new Comparison.Example(Comparison.Kind.DUPLICATE, "t-0@2", 6, 2, null));
        assertThat(comparison.examples(Comparison.Kind.OUT_OF_ORDER))
                .containsExactly(new Comparison.Example(Comparison.Kind.OUT_OF_ORDER, "t-1@1", 5, 4, "t-1@2"));
        assertThat(comparison.examples(Comparison.Kind.FOREIGN))
                .containsExactly(new Comparison.Example(Comparison.Kind.FOREIGN, null, 7, 0, "s.x"));
    }

    /** A retry stores a message late. It alone is out of order, however many are before it. */
    @ParameterizedTest
    @EnumSource
    void aLateRecordIsOneOutOfOrder(Way way) {
        Comparison comparison = stored(way, "a1 a2 a0 b0 b1 b2");

        assertThat(comparison.end(false).get(Count.OUT_OF_ORDER)).isEqualTo(1);
        assertThat(comparison.examples(Comparison.Kind.OUT_OF_ORDER))
                .extracting(Comparison.Example::record)
                .containsExactly("t-0@0");
    }

    /** Uncommitted records that are sent again are duplicates, and the order is that of the first copies. */
    @ParameterizedTest
    @EnumSource
    void copiesThatFollowAreNotOutOfOrder(Way way) {
        PartitionTally total = stored(way, "a0 a1 a2 a0 a1 a2 b0 b1 b2").end(false);

        assertThat(counts(total)).containsExactly(6, 6, 0, 3, 0, 0);
    }

    @ParameterizedTest
    @EnumSource
    void theBeginningMayBeRemovedByLimits(Way way) {
        PartitionTally total = stored(way, "a1 b2").end(true);

        assertThat(total.get(Count.REMOVED)).isEqualTo(3);
        assertThat(total.get(Count.MISSING)).isEqualTo(1);
        assertThat(total.get(Count.STORED)).isEqualTo(2);
    }

    @Test
    void optionalRecordsAreNeitherExpectedNorForeign() {
        RecordMatcher matcher = matcher(Way.DIGESTS);
        log.begin(A).add(Count.RECORDS, 1);
        add(matcher, "a0");
        add(matcher, "a1");
        log.setOptional(1);
        Comparison comparison = new Comparison(log, matcher);
        add(comparison, 1, "a0");
        add(comparison, 2, "a1");

        assertThat(counts(comparison.end(false))).containsExactly(1, 1, 0, 0, 0, 0);
    }

    @Test
    void equalRecordsOfOnePartitionAreCopiesOfEachOther() {
        RecordMatcher matcher = matcher(Way.DIGESTS);
        log.begin(A).add(Count.RECORDS, 4);
        for (String record : List.of("a0", "a0", "a1", "a0")) {
            add(matcher, record);
        }
        Comparison comparison = new Comparison(log, matcher);
        List<String> stream = List.of("a0", "a0", "a1", "a0", "a0");
        for (int i = 0; i < stream.size(); i++) {
            add(comparison, i + 1, stream.get(i));
        }

        assertThat(counts(comparison.end(false))).containsExactly(4, 4, 0, 1, 0, 0);
        assertThat(comparison.examples(Comparison.Kind.DUPLICATE))
                .containsExactly(new Comparison.Example(Comparison.Kind.DUPLICATE, "t-0@3", 5, 4, null));
    }

    /** The message of one partition may be taken for that of the other, so their order is not compared. */
    @Test
    void equalRecordsOfSeveralPartitionsHaveNoOrder() {
        RecordMatcher matcher = matcher(Way.DIGESTS);
        log.begin(A).add(Count.RECORDS, 2);
        add(matcher, "same");
        add(matcher, "a1");
        log.begin(B).add(Count.RECORDS, 2);
        add(matcher, "same");
        add(matcher, "b1");
        Comparison comparison = new Comparison(log, matcher);
        List<String> stream = List.of("same", "b1", "same", "a1");
        for (int i = 0; i < stream.size(); i++) {
            add(comparison, i + 1, stream.get(i));
        }

        assertThat(counts(comparison.end(false))).containsExactly(4, 4, 0, 0, 0, 0);
    }

    @Test
    void messagesOfRecordsThatKafkaNoLongerHasAreNotForeign() {
        RecordMatcher matcher = matcher(Way.HEADERS);
        ends.put(A, 12L);
        log.begin(A).add(Count.RECORDS, 1);
        log.add(11);
        Comparison comparison = new Comparison(log, matcher);
        add(comparison, 1, "a7");
        add(comparison, 2, "a11");
        add(comparison, 3, "a12");

        PartitionTally total = comparison.end(false);

        assertThat(total.get(Count.EXPIRED)).isEqualTo(1);
        assertThat(total.get(Count.FOREIGN)).isEqualTo(1);
        assertThat(total.get(Count.STORED)).isEqualTo(1);
    }

    @Test
    void headersAndIdsOfOthersAreForeign() {
        RecordMatcher headers = matcher(Way.HEADERS);
        RecordMatcher ids = matcher(Way.IDS);
        log.begin(A);
        log.add(0);

        assertThat(headers.find("s", null, new byte[0])).isEqualTo(RecordMatcher.FOREIGN);
        assertThat(headers.find("s", coordinates("t", "x", "0"), new byte[0])).isEqualTo(RecordMatcher.FOREIGN);
        assertThat(headers.find("s", coordinates("u", "0", "0"), new byte[0])).isEqualTo(RecordMatcher.FOREIGN);
        assertThat(headers.find("s", coordinates("t", "0", "0"), new byte[0])).isZero();
        for (String foreign : List.of("", "c", "c:x", "c:x:t:0", "d:x:t:0:0", "c:x:t:0:zero", "c:x:0:0")) {
            assertThat(ids.find("s", new Headers().put("Nats-Msg-Id", foreign), new byte[0]))
                    .as(foreign)
                    .isEqualTo(RecordMatcher.FOREIGN);
        }
        assertThat(ids.find("s", new Headers().put("Nats-Msg-Id", "c:x:t:0:0"), new byte[0]))
                .isZero();
    }

    @Test
    void aDigestCoversSubjectPayloadAndOperation() {
        DigestMatcher matcher = new DigestMatcher(log);
        log.begin(A);
        log.add(0);
        matcher.add(0, new OutboundMessage("s.a", null, "payload".getBytes(UTF_8)));

        assertThat(matcher.find("s.b", null, "payload".getBytes(UTF_8))).isEqualTo(RecordMatcher.FOREIGN);
        assertThat(matcher.find("s.a", null, "payloae".getBytes(UTF_8))).isEqualTo(RecordMatcher.FOREIGN);
        assertThat(matcher.find("s.a", new Headers().put("KV-Operation", "DEL"), "payload".getBytes(UTF_8)))
                .isEqualTo(RecordMatcher.FOREIGN);
        assertThat(matcher.find("s.a", new Headers().put("other", "x"), "payload".getBytes(UTF_8)))
                .isZero();
    }

    @ParameterizedTest
    @EnumSource
    void replacedRecordsAreNotExpected(Replacement.Rule rule) {
        PartitionTally partition = log.begin(A);
        Replacement replacement = new Replacement(log, rule);
        for (int i = 0; i < 3; i++) {
            partition.add(Count.RECORDS, 1);
            log.add(i);
            replacement.add(
                    i, new OutboundMessage("s." + i % 2, new Headers().put("Nats-Msg-Id", "id" + i / 2), new byte[0]));
        }

        List<Integer> optional = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            if (log.isOptional(i)) {
                optional.add(i);
            }
        }
        assertThat(optional)
                .isEqualTo(
                        switch (rule) {
                            case NONE -> List.of();
                            case LAST_OF_SUBJECT -> List.of(0);
                            case FIRST_OF_SUBJECT -> List.of(2);
                            case FIRST_OF_ID -> List.of(1);
                        });
        assertThat(partition.get(Count.REPLACED)).isEqualTo(optional.size());
        assertThat(partition.get(Count.RECORDS)).isEqualTo(3 - optional.size());
    }

    /** Three records of each partition, and a stream of these messages. */
    private Comparison stored(Way way, String stream) {
        RecordMatcher matcher = matcher(way);
        log.begin(A).add(Count.RECORDS, 3);
        List.of("a0", "a1", "a2").forEach(record -> add(matcher, record));
        log.begin(B).add(Count.RECORDS, 3);
        List.of("b0", "b1", "b2").forEach(record -> add(matcher, record));
        Comparison comparison = new Comparison(log, matcher);
        String[] messages = stream.split(" ");
        for (int i = 0; i < messages.length; i++) {
            add(comparison, i + 1, messages[i]);
        }
        return comparison;
    }

    private RecordMatcher matcher(Way way) {
        ends.put(A, 3L);
        ends.put(B, 3L);
        return switch (way) {
            case HEADERS -> CoordinatesMatcher.ofHeaders(log, ends);
            case IDS -> CoordinatesMatcher.ofIds(log, ends, "c:x");
            case DIGESTS -> new DigestMatcher(log);
        };
    }

    private void add(RecordMatcher matcher, String record) {
        int first = log.partitions().get(log.partitions().size() - 1).first();
        matcher.add(log.add(log.size() - first), message(record));
    }

    private static void add(Comparison comparison, long sequence, String record) {
        OutboundMessage message = message(record);
        comparison.add(sequence, message.subject(), message.headers(), message.payload());
    }

    /** With all that any way of comparing looks at. */
    private static OutboundMessage message(String record) {
        String partition = record.startsWith("a") ? "0" : record.startsWith("b") ? "1" : "none";
        String offset = record.substring(1);
        return new OutboundMessage(
                "s." + record.charAt(0),
                coordinates("t", partition, offset).put("Nats-Msg-Id", "c:x:t:" + partition + ":" + offset),
                record.getBytes(UTF_8));
    }

    private static Headers coordinates(String topic, String partition, String offset) {
        return new Headers()
                .put("Kafka-Topic", topic)
                .put("Kafka-Partition", partition)
                .put("Kafka-Offset", offset);
    }

    private static List<Integer> counts(PartitionTally tally) {
        return List.of(
                (int) tally.get(Count.RECORDS),
                (int) tally.get(Count.STORED),
                (int) tally.get(Count.MISSING),
                (int) tally.get(Count.DUPLICATES),
                (int) tally.get(Count.OUT_OF_ORDER),
                (int) tally.get(Count.FOREIGN));
    }
}
