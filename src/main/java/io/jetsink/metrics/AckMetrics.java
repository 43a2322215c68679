package io.jetsink.metrics;

/**
 * Counts acked messages and their latencies. Costs two additions and two comparisons for each message: equal send times, and
 * equal timestamps, of successive messages are a run that is recorded once.
 *
 * <p>Confined to the task thread, except the reads.
 */
public final class AckMetrics {
    private final LatencyRecorder latencies;
    private final Count acked = new Count();
    private final Count ackedBytes = new Count();

    private long now;
    private long messages;
    private long bytes;
    private long sentAt;
    private long sentRun;
    private long timestamp;
    private long timestampRun;

    AckMetrics(LatencyRecorder latencies) {
        this.latencies = latencies;
    }

    /** Begins a harvest: messages that are acked from here to {@link #end} were acked at this time in nanoseconds. */
    public void begin(long nanos) {
        now = nanos;
        latencies.begin(nanos);
    }

    /**
     * Counts a message.
     *
     * @param size bytes of subject, headers and payload
     * @param sent when the message was sent last, in nanoseconds
     * @param recordTimestamp timestamp of its record in milliseconds; negative: none
     */
    public void acked(int size, long sent, long recordTimestamp) {
        if (sent != sentAt) {
            endSentRun();
            sentAt = sent;
        }
        if (recordTimestamp != timestamp) {
            endTimestampRun();
            timestamp = recordTimestamp;
        }
        messages++;
        bytes += size;
    }

    /** Ends the harvest. */
    public void end() {
        if (messages != sentRun) {
            endSentRun();
            endTimestampRun();
            acked.set(messages);
            ackedBytes.set(bytes);
        }
    }

    private void endSentRun() {
        if (messages != sentRun) {
            latencies.acked(Math.max(0, now - sentAt), messages - sentRun);
            sentRun = messages;
        }
    }

    private void endTimestampRun() {
        if (messages != timestampRun) {
            latencies.stored(timestamp, messages - timestampRun);
            timestampRun = messages;
        }
    }

    long messages() {
        return acked.get();
    }

    long bytes() {
        return ackedBytes.get();
    }
}
