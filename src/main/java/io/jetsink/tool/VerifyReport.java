package io.jetsink.tool;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jetsink.tool.compare.Comparison;
import io.jetsink.tool.compare.Count;
import io.jetsink.tool.compare.PartitionTally;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The result of {@code verify}.
 *
 * @param about names of the connector, the stream and the way of comparing, by their keys
 * @param notes about what the figures do not show
 */
record VerifyReport(
        Map<String, String> about,
        List<PartitionTally> partitions,
        PartitionTally total,
        Comparison comparison,
        List<String> notes,
        Promise promise) {
    private static final String ROW = "%-24s %12s %12s %10s %10s %10s %10s";

    void writeTo(Output output) {
        if (output.isJson()) {
            output.document(json());
        } else {
            lines().forEach(output::line);
        }
    }

    private ObjectNode json() {
        ObjectNode json = Output.object();
        about.forEach(json::put);
        write(total, json);
        ObjectNode byPartition = json.putObject("partitions");
        partitions.forEach(partition -> write(partition, byPartition.putObject(partition.name())));
        ObjectNode examples = json.putObject("examples");
        for (Comparison.Kind kind : Comparison.Kind.values()) {
            ArrayNode list = examples.putArray(key(kind));
            comparison.examples(kind).forEach(example -> list.add(json(example)));
        }
        ArrayNode said = json.putArray("notes");
        notes.forEach(said::add);
        return json.put("kept", promise.broken().isEmpty()).put("verdict", promise.line());
    }

    private static void write(PartitionTally tally, ObjectNode json) {
        for (Count count : Count.values()) {
            json.put(count.key(), tally.get(count));
        }
    }

    private static String key(Comparison.Kind kind) {
        return switch (kind) {
            case MISSING -> "missing";
            case DUPLICATE -> "duplicates";
            case OUT_OF_ORDER -> "outOfOrder";
            case FOREIGN -> "foreign";
        };
    }

    private static ObjectNode json(Comparison.Example example) {
        ObjectNode json = Output.object();
        return switch (example.kind()) {
            case MISSING -> json.put("record", example.record());
            case DUPLICATE ->
                json.put("record", example.record())
                        .put("sequence", example.sequence())
                        .put("firstSequence", example.other());
            case OUT_OF_ORDER ->
                json.put("record", example.record())
                        .put("sequence", example.sequence())
                        .put("behindRecord", example.text())
                        .put("behindSequence", example.other());
            case FOREIGN -> json.put("sequence", example.sequence()).put("subject", example.text());
        };
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        about.forEach((key, value) -> lines.add(key + ": " + value));
        lines.add("");
        lines.add(String.format(
                Locale.ROOT, ROW, "partition", "records", "stored", "missing", "duplicates", "outOfOrder", "foreign"));
        partitions.forEach(partition -> lines.add(row(partition.name(), partition)));
        lines.add(row("total", total));
        other(lines, Count.REJECTED, "not expected in the stream");
        other(lines, Count.SKIPPED, "left out by a transform or by the configuration");
        other(lines, Count.REMOVED, "probably by the limits of the stream");
        other(lines, Count.REPLACED, "by another record with the same subject or id");
        other(lines, Count.EXPIRED, "messages whose records Kafka no longer has");
        lines.add("");
        for (Comparison.Kind kind : Comparison.Kind.values()) {
            comparison.examples(kind).forEach(example -> lines.add(text(example)));
        }
        notes.forEach(note -> lines.add("note: " + note));
        lines.add(promise.line());
        return lines;
    }

    private void other(List<String> lines, Count count, String text) {
        if (total.get(count) > 0) {
            lines.add(count.key() + ": " + total.get(count) + ", " + text);
        }
    }

    private static String row(String name, PartitionTally tally) {
        return String.format(
                Locale.ROOT,
                ROW,
                name,
                tally.get(Count.RECORDS),
                tally.get(Count.STORED),
                tally.get(Count.MISSING),
                tally.get(Count.DUPLICATES),
                tally.get(Count.OUT_OF_ORDER),
                tally.get(Count.FOREIGN));
    }

    private static String text(Comparison.Example example) {
        return switch (example.kind()) {
            case MISSING -> "missing: " + example.record();
            case DUPLICATE ->
                "duplicate: " + example.record() + " at sequence " + example.sequence() + ", first stored at sequence "
                        + example.other();
            case OUT_OF_ORDER ->
                "out of order: " + example.record() + " at sequence " + example.sequence() + ", behind "
                        + example.text() + " at sequence " + example.other();
            case FOREIGN -> "foreign: subject " + example.text() + " at sequence " + example.sequence();
        };
    }
}
