package io.jetsink.nats.stream;

import static io.jetsink.nats.stream.StreamFeature.ACKS;
import static io.jetsink.nats.stream.StreamFeature.BUCKET;
import static io.jetsink.nats.stream.StreamFeature.EVENTS;
import static io.jetsink.nats.stream.StreamFeature.EXACTLY_ONCE;
import static io.jetsink.nats.stream.StreamFeature.FAST;
import static io.jetsink.nats.stream.StreamFeature.MESSAGE_IDS;
import static io.jetsink.nats.stream.StreamFeature.OBJECTS;
import static io.jetsink.nats.stream.StreamFeature.PURGE;
import static io.jetsink.nats.stream.StreamFeature.STORAGE;
import static io.jetsink.nats.stream.StreamFeature.SUBJECT_IDS;
import static io.jetsink.nats.stream.StreamFeature.TARGET;
import static io.jetsink.nats.stream.StreamFeature.TTL;

import io.jetsink.config.ExactlyOnceSettings;
import io.jetsink.message.SubjectFilter;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.Mirror;
import io.nats.client.api.PersistMode;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.SubjectTransform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The one table of what a stream must be like: {@link #unmet} has a row for each property. A row consists of
 * the condition under which the stream does not meet the requirement, the problem, the fix, and the features that have the
 * requirement.
 */
final class StreamTable {
    /** The fix of a property that cannot be changed: another stream. */
    static final String OTHER = "";
    /** The option that makes a stream store messages of any size. */
    static final String ANY_SIZE = "--max-msg-size=-1";

    private static final String ATOMIC = "--allow-batch";
    private static final String BATCHED = "--allow-fast";
    private static final String ROLLUPS = "--allow-rollup";
    /** The fixes of flags that another tool may switch off. */
    static final Set<String> FLAGS = Set.of(ATOMIC, BATCHED, ROLLUPS);

    private static final String COUNTERS = "has allow_msg_counter, which cannot be changed, and accepts only counters";
    private static final String LIMITS = "--retention=limits";
    private static final String FREE = "--no-discard-per-subject";
    private static final String QUEUE = "has retention workqueue, which cannot be changed and removes ";
    private static final String FULL = "has max_msgs_per_subject with discard_new_per_subject, which refuses ";
    private static final String ASYNC =
            "has persist_mode async, which cannot be changed and acks messages before they are stored";

    /** A shorter age removes messages before anyone notices that a consumer has stopped. */
    private static final Duration AGE = Duration.ofHours(1);
    /** The server's default. A worker commits once per minute, and a retry may be as late as this. */
    private static final Duration WINDOW = Duration.ofMinutes(2);

    private final Set<StreamFeature> used;
    private final String bucket;
    private final List<String> subjects;
    private final String markers;
    private final long markerBytes;
    private final List<Unmet> unmet = new ArrayList<>();

    /**
     * A requirement that the stream does not meet.
     *
     * @param fatal whether nothing is published as long as the requirement is not met; else the guarantee is weaker
     * @param problem completes "stream ORDERS …"
     * @param fix options of {@code nats stream edit}, or another action, or {@link #OTHER}
     * @param features that have this requirement
     */
    record Unmet(boolean fatal, String problem, String fix, List<StreamFeature> features) {}

    /** The parameters are components of {@code StreamRequirements}; {@code used} are the features in use. */
    StreamTable(Set<StreamFeature> used, String bucket, List<String> subjects, String markers, long markerBytes) {
        this.used = used;
        this.bucket = bucket;
        this.subjects = subjects;
        this.markers = markers;
        this.markerBytes = markerBytes;
    }

    /**
     * Returns the requirements that a stream does not meet.
     *
     * @param clustered whether its server is in a cluster; a server on its own has one replica of each stream
     */
    List<Unmet> unmet(TargetStream stream, boolean clustered) {
        StreamConfiguration is = stream.configuration();
        Mirror mirror = is.getMirror();
        if (mirror != null) {
            fatal(true, "is a mirror of " + mirror.getName() + " and accepts no messages", OTHER, TARGET);
        }
        fatal(is.getSealed(), "is sealed and accepts no messages", OTHER, TARGET, OBJECTS, EXACTLY_ONCE);
        fatal(is.getAllowMessageCounter(), COUNTERS, OTHER, TARGET);
        fatal(is.getNoAck(), "has no_ack and does not report what it has stored", "--ack", ACKS, EXACTLY_ONCE);
        fatal(!is.getAllowAtomicPublish(), "does not allow atomic batches", ATOMIC, EXACTLY_ONCE);
        fatal(!is.getAllowBatched(), "does not allow fast-ingest batches", BATCHED, FAST);
        fatal(!stream.allowsTtl(), "does not allow per-message TTLs", "--allow-msg-ttl", TTL);

        boolean once = used.contains(EXACTLY_ONCE);
        // A sealed stream has no rollups, which is no problem of its own.
        boolean noRollups = !is.getAllowRollup() && !is.getSealed();
        boolean never = noRollups && is.getDenyPurge();
        String instead = used.contains(PURGE) && !once ? "set tombstones=delete" : OTHER;
        StreamFeature[] users = {PURGE, OBJECTS, EXACTLY_ONCE};
        fatal(noRollups && !never, "does not allow rollups", ROLLUPS, users);
        fatal(never, "has deny_purge, which excludes rollups and cannot be changed", instead, users);

        boolean async = is.getPersistMode() == PersistMode.Async;
        fatal(async, ASYNC, OTHER, EXACTLY_ONCE);
        warning(async, ASYNC, OTHER, STORAGE);
        boolean interest = is.getRetentionPolicy() == RetentionPolicy.Interest;
        fatal(interest, "has retention interest, which removes offset markers", LIMITS, EXACTLY_ONCE);
        warning(interest, "has retention interest and is empty while it has no consumer", LIMITS, EVENTS);
        boolean queue = is.getRetentionPolicy() == RetentionPolicy.WorkQueue;
        fatal(queue, QUEUE + "offset markers", OTHER, EXACTLY_ONCE);
        warning(queue, QUEUE + "messages that one consumer has acked", OTHER, EVENTS);
        Duration age = is.getMaxAge();
        String removes = "removes messages after " + age.toSeconds() + " s";
        fatal(
                isShort(age, ExactlyOnceSettings.MIN_AGE),
                removes + " (max_age), and with them offset markers",
                "--max-age=" + ExactlyOnceSettings.MIN_AGE.toMinutes() + "m",
                EXACTLY_ONCE);
        warning(isShort(age, AGE), removes + ", whether or not they have been consumed", "--max-age=24h", EVENTS);

        boolean lost = mirror == null && !stream.captures(bucket);
        fatal(lost, "does not capture the subjects of its keys", "--subjects='" + bucket + "'", BUCKET);
        fatal(
                bucket.isEmpty() && !stream.captures(markers),
                "does not capture the offset markers " + markers + " (exactly.once.marker.prefix)",
                "--subjects='" + String.join(",", is.getSubjects()) + "," + markers + "'",
                EXACTLY_ONCE);
        SubjectTransform transform = is.getSubjectTransform();
        if (transform != null && movesMarkers(transform)) {
            String moved = "from " + transform.getSource() + " to " + transform.getDestination();
            String problem = "has a subject_transform " + moved + ", which moves the offset markers " + markers;
            fatal(true, problem, "limit the transform to the records' subjects", EXACTLY_ONCE);
        }
        List<String> outside = outside(stream);
        warning(
                !outside.isEmpty(),
                "does not list all of the subjects " + String.join(", ", outside)
                        + ", and stores other records only if a mapping of the account leads them there",
                "change subject, or add to the stream's subjects",
                EVENTS);

        long size = stream.maxMessageSize();
        boolean small = size > 0 && size < markerBytes;
        fatal(small, "has a max_msg_size of " + size + ", which refuses offset markers", ANY_SIZE, EXACTLY_ONCE);
        long kept = is.getMaxMsgsPerSubject();
        // Streams without a limit hold events, each of which counts; buckets hold the last value of each key.
        fatal(
                kept > 1 || (kept < 1 && !bucket.isEmpty()),
                "keeps older messages of each subject (max_msgs_per_subject, or the history of a bucket), and an older"
                        + " message becomes the last one again when the last one expires",
                "--max-msgs-per-subject=1",
                TTL);
        boolean full = is.isDiscardNewPerSubject() && kept > 0;
        fatal(full, FULL + "new offset markers", FREE, EXACTLY_ONCE);
        warning(
                full && !once && !used.contains(SUBJECT_IDS),
                FULL + "another message for a full subject, so records that are published again wait forever",
                "set message.id=subject, or run nats stream edit " + stream.name() + " " + FREE,
                STORAGE);
        warning(
                !full,
                "has no discard_new_per_subject with max_msgs_per_subject, so message.id=subject has no effect",
                "--discard=new --discard-per-subject --max-msgs-per-subject=1",
                SUBJECT_IDS);
        boolean bounded = is.getMaxMsgs() > 0 || is.getMaxBytes() > 0;
        warning(
                bounded && is.getDiscardPolicy() == DiscardPolicy.Old,
                "removes its oldest messages at max_msgs or max_bytes, "
                        + (once
                                ? "and with them the offset markers of idle partitions"
                                : "whether or not they have been consumed"),
                "--discard=new",
                STORAGE);

        boolean memory = is.getStorageType() == StorageType.Memory;
        warning(memory, "is kept in memory and loses its messages when its servers stop", OTHER, STORAGE);
        boolean alone = is.getReplicas() == 1 && clustered;
        warning(alone, "has one replica and is lost with the disk of its server", "--replicas=3", STORAGE);
        Duration window = is.getDuplicateWindow() == null ? WINDOW : is.getDuplicateWindow();
        warning(
                window.compareTo(WINDOW) < 0,
                "remembers message ids for " + window.toSeconds() + " s only, and duplicates may arrive later",
                "--dupe-window=2m",
                MESSAGE_IDS);
        return List.copyOf(unmet);
    }

    private static boolean isShort(Duration age, Duration least) {
        return !age.isZero() && age.compareTo(least) < 0;
    }

    private void fatal(boolean violated, String problem, String fix, StreamFeature... features) {
        add(violated, true, problem, fix, List.of(features));
    }

    private void warning(boolean violated, String problem, String fix, StreamFeature feature) {
        add(violated, false, problem, fix, List.of(feature));
    }

    private void add(boolean violated, boolean fatal, String problem, String fix, List<StreamFeature> features) {
        if (violated && features.stream().anyMatch(used::contains)) {
            unmet.add(new Unmet(fatal, problem, fix, features));
        }
    }

    /** Returns the filters outside the stream's list, except filters that may match any subject. */
    private List<String> outside(TargetStream stream) {
        return subjects.stream()
                .filter(filter -> !filter.startsWith("*") && !filter.startsWith(">"))
                .filter(filter -> !stream.captures(filter))
                .toList();
    }

    /**
     * Returns whether a transform gives markers other subjects. The server stores a message under the transformed subject, and
     * compares the expected sequence there, but finds a message only by the subject that it is stored under (nats-server
     * 2.15.1). A transform of everything to itself moves nothing.
     */
    private boolean movesMarkers(SubjectTransform transform) {
        String source = transform.getSource();
        String destination = transform.getDestination();
        boolean changes = destination != null && !destination.isEmpty() && !destination.equals(source);
        return changes
                && (source == null || source.isEmpty() || SubjectFilter.overlaps(source, markers.replace(">", "*.*")));
    }
}
