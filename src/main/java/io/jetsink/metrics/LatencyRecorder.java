package io.jetsink.metrics;

/** Receives latencies in runs of equal values. Task thread only. */
interface LatencyRecorder {
    /** Records nothing: {@code metrics.latency=false}. */
    LatencyRecorder OFF = new LatencyRecorder() {
        @Override
        public void begin(long now) {
            // Nothing is recorded.
        }

        @Override
        public void acked(long nanos, long messages) {
            // Nothing is recorded.
        }

        @Override
        public void stored(long timestamp, long messages) {
            // Nothing is recorded.
        }
    };

    /** Announces latencies up to this time in nanoseconds. */
    void begin(long now);

    /** Records messages whose ack needed this many nanoseconds. */
    void acked(long nanos, long messages);

    /** Records messages whose records have this timestamp in milliseconds; negative: none. */
    void stored(long timestamp, long messages);
}
