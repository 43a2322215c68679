package io.jetsink.tool.compare;

import io.jetsink.message.OutboundMessage;
import io.jetsink.publish.objects.ObjectPointer;
import io.nats.client.impl.Headers;
import io.nats.client.support.NatsJetStreamConstants;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * Compares digests of subject and payload. Records with the same digest are copies of each other: the first message is the
 * first of these records, the second message the second one. If they are in several partitions, their order is not known.
 */
public final class DigestMatcher implements RecordMatcher {
    private static final String[] OF_PAYLOAD = {NatsJetStreamConstants.KV_OPERATION_HEADER_KEY, ObjectPointer.DIGEST};
    /** A value of {@link #queues} is the first index of its records that has no copy, the last index, and a flag. */
    private static final int BITS = 31;

    private static final long MASK = (1L << BITS) - 1;
    private static final long SEVERAL_PARTITIONS = 1L << 2 * BITS;

    private final RecordLog log;
    private final MessageDigest sha;
    /** By the digest of records. */
    private final LongTable queues = new LongTable();
    /** The next record with the same digest, by index. */
    private final LongTable next = new LongTable();

    public DigestMatcher(RecordLog log) {
        this.log = log;
        try {
            this.sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }

    @Override
    public void add(int index, OutboundMessage message) {
        long digest = digest(message.subject(), message.headers(), message.payload());
        long queue = queues.get(digest);
        if (queue == LongTable.NONE) {
            queues.put(digest, (long) index << BITS | index);
            return;
        }
        int last = (int) (queue & MASK);
        next.put(last, index);
        long flag = log.partition(last) == log.partition(index) ? queue & SEVERAL_PARTITIONS : SEVERAL_PARTITIONS;
        queues.put(digest, flag | queue & MASK << BITS | index);
    }

    @Override
    public int find(String subject, @Nullable Headers headers, byte[] payload) {
        long digest = digest(subject, headers, payload);
        long queue = queues.get(digest);
        if (queue == LongTable.NONE) {
            return FOREIGN;
        }
        int first = (int) (queue >>> BITS & MASK);
        if ((queue & SEVERAL_PARTITIONS) != 0) {
            log.setAmbiguous(first);
        }
        long following = next.get(first);
        if (following != LongTable.NONE) {
            queues.put(digest, queue & (SEVERAL_PARTITIONS | MASK) | following << BITS);
        }
        return first;
    }

    /** The first 8 of 32 bytes: two of a million different messages are equal with a probability of 1 to 10^7. */
    private long digest(String subject, @Nullable Headers headers, byte[] payload) {
        sha.update(subject.getBytes(StandardCharsets.UTF_8));
        for (String name : OF_PAYLOAD) {
            String value = headers == null ? null : headers.getFirst(name);
            sha.update((byte) 0);
            sha.update((value == null ? "" : value).getBytes(StandardCharsets.UTF_8));
        }
        sha.update((byte) 0);
        return ByteBuffer.wrap(sha.digest(payload)).getLong();
    }

    @Override
    public String name() {
        return "digests";
    }

    @Override
    public boolean needsPayloads() {
        return true;
    }
}
