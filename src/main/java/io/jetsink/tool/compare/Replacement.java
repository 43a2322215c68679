package io.jetsink.tool.compare;

import io.jetsink.message.OutboundMessage;
import io.nats.client.impl.Headers;
import io.nats.client.support.NatsJetStreamConstants;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** Finds the records that a stream does not have to hold because it holds another one with the same subject or id. */
public final class Replacement {
    /** The rule of the stream. */
    public enum Rule {
        NONE,
        /** The stream keeps the last messages of each subject, as a bucket does. */
        LAST_OF_SUBJECT,
        /** The stream accepts one message for each subject ({@code message.id=subject}). */
        FIRST_OF_SUBJECT,
        /** The stream drops messages with the id of an earlier one. */
        FIRST_OF_ID
    }

    private final RecordLog log;
    private final Rule rule;
    /** The record that counts, by the digest of its subject or id. */
    private final LongTable kept = new LongTable();

    public Replacement(RecordLog log, Rule rule) {
        this.log = log;
        this.rule = rule;
    }

    /** Finds the record that this one replaces, or is replaced by. It is no longer expected. */
    public void add(int index, OutboundMessage message) {
        String name = name(message);
        if (name == null) {
            return;
        }
        long digest = digest(name);
        long before = kept.get(digest);
        if (before == LongTable.NONE) {
            kept.put(digest, index);
        } else if (rule == Rule.LAST_OF_SUBJECT) {
            replace((int) before);
            kept.put(digest, index);
        } else {
            replace(index);
        }
    }

    private void replace(int index) {
        if (log.isOptional(index)) {
            return;
        }
        log.setOptional(index);
        PartitionTally partition = log.partition(index);
        partition.add(Count.REPLACED, 1);
        partition.add(Count.RECORDS, -1);
    }

    private @Nullable String name(OutboundMessage message) {
        Headers headers = message.headers();
        return switch (rule) {
            case NONE -> null;
            case LAST_OF_SUBJECT, FIRST_OF_SUBJECT -> message.subject();
            case FIRST_OF_ID -> headers == null ? null : headers.getFirst(NatsJetStreamConstants.MSG_ID_HDR);
        };
    }

    private static long digest(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }
}
