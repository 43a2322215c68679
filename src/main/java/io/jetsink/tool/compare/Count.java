package io.jetsink.tool.compare;

/** The counters of a comparison. */
public enum Count {
    /** Records that the stream has to hold. */
    RECORDS("records"),
    /** Records of these that it holds. */
    STORED("stored"),
    MISSING("missing"),
    /** Copies beyond the first one. */
    DUPLICATES("duplicates"),
    /** Records whose first copy is behind a later record. */
    OUT_OF_ORDER("outOfOrder"),
    /** Messages that are no record. They have no partition. */
    FOREIGN("foreign"),
    REJECTED("rejected"),
    /** Records that a transform or the connector leaves out. */
    SKIPPED("skipped"),
    /** Records that the limits of the stream may have removed. */
    REMOVED("removed"),
    /** Records that another one with the same subject or id replaces. */
    REPLACED("replaced"),
    /** Messages of records that Kafka no longer has. */
    EXPIRED("expired");

    private final String key;

    Count(String key) {
        this.key = key;
    }

    /** Returns the key in JSON. */
    public String key() {
        return key;
    }
}
