package io.jetsink.translate;

import io.jetsink.config.MessageSettings.TombstonePolicy;
import io.jetsink.message.RejectedRecordException;

/** What the message of a record without a value has in the place of a payload. */
@FunctionalInterface
interface TombstoneRule {
    /** @throws RejectedRecordException if it has no message */
    void apply(HeaderBlock headers);

    static TombstoneRule of(TombstonePolicy choice) {
        return switch (choice) {
            case PUBLISH -> headers -> headers.command("Kafka-Tombstone", "true");
            case DELETE -> headers -> headers.command("KV-Operation", "DEL");
            case PURGE ->
                headers -> {
                    headers.command("KV-Operation", "PURGE");
                    headers.command("Nats-Rollup", "sub");
                };
            case SKIP ->
                headers -> {
                    // Skipped before.
                };
            case REJECT ->
                headers -> {
                    throw new RejectedRecordException(
                            "The record has no value, and tombstones is reject: set it to publish or skip.");
                };
        };
    }
}
