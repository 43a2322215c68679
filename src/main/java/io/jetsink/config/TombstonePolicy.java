package io.jetsink.config;

/** What becomes of a record with a null value ({@code tombstones}). */
public enum TombstonePolicy {
    /** An empty message with the header {@code Kafka-Tombstone: true}. */
    PUBLISH,
    /** Nothing is published; the record counts as delivered. */
    SKIP,
    /** The record is reported as an errant record. */
    REJECT,
    /** The key is marked as deleted in the bucket; its history stays. */
    DELETE,
    /** The key is marked as deleted in the bucket, and its history removed. */
    PURGE
}
