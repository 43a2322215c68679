package io.jetsink.publish.preflight;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.PublishSettings.DeliveryGuarantee;
import io.jetsink.config.SinkConfig;
import io.jetsink.nats.stream.TargetStream;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.ServerInfo;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What of a stream weakens the guarantee, and what mends that: it is the user's to accept. Immutable. */
final class StreamRisks {
    /** The server's own default. A worker commits once a minute, and a retry may come as late as that. */
    private static final Duration WINDOW = Duration.ofMinutes(2);
    /** Less is gone before somebody notices that a consumer stands still. */
    private static final Duration AGE = Duration.ofHours(1);

    private final boolean exactlyOnce;
    private final boolean bucket;
    private final boolean ids;
    private final boolean subjectIsId;
    private final List<String> subjects;

    /** @param subjects filters that together cover all subjects that can be written to */
    StreamRisks(SinkConfig config, List<String> subjects) {
        this.exactlyOnce = config.publish().guarantee() == DeliveryGuarantee.EXACTLY_ONCE;
        BucketSettings settings = config.bucket();
        this.bucket = settings != null;
        this.ids = config.translation().message().identifies();
        this.subjectIsId = config.translation().message().identifiesBySubject();
        this.subjects = subjects;
    }

    /** One line for each, with what mends it. */
    List<String> of(TargetStream stream, ServerInfo server) {
        StreamConfiguration is = stream.configuration();
        String edit = ": nats stream edit " + stream.name() + " ";
        List<String> risks = new ArrayList<>();
        if (is.getStorageType() == StorageType.Memory) {
            risks.add("is kept in memory, and gone with its servers" + (exactlyOnce ? ", its markers, too" : "")
                    + ": storage cannot be changed, so use another stream, with storage file");
        }
        // On a server on its own a single replica is all there is.
        if (is.getReplicas() == 1 && server.getCluster() != null) {
            risks.add("has one replica, and is lost with the disk of its server" + edit + "--replicas=3");
        }
        boolean bounded = is.getMaxMsgs() > 0 || is.getMaxBytes() > 0;
        if (bounded && is.getDiscardPolicy() == DiscardPolicy.Old) {
            risks.add("removes its oldest messages at max_msgs or max_bytes"
                    + (exactlyOnce
                            ? ", and so the markers of partitions that have been idle for long, whose last records may"
                                    + " then be stored twice"
                            : ", be they read or not")
                    + edit + "--discard=new");
        }
        if (stream.persistsLater()) {
            risks.add(
                    "has persist_mode async, which acks what is not stored: it cannot be changed, so use another stream");
        }
        boolean once = is.isDiscardNewPerSubject() && is.getMaxMsgsPerSubject() > 0;
        if (once && !subjectIsId && !exactlyOnce) {
            risks.add(
                    "has discard_new_per_subject, which refuses a further message for a subject that is full, so records"
                            + " that are sent again after a crash wait forever: set message.id=subject, or run nats stream edit "
                            + stream.name() + " --no-discard-per-subject");
        }
        if (!once && subjectIsId) {
            risks.add(
                    "has no discard_new_per_subject with max_msgs_per_subject, without which message.id=subject has no"
                            + " effect" + edit + "--discard=new --discard-per-subject --max-msgs-per-subject=1");
        }
        if (!bucket) {
            addOfStreams(stream, edit, risks);
        }
        return risks;
    }

    private void addOfStreams(TargetStream stream, String edit, List<String> risks) {
        StreamConfiguration is = stream.configuration();
        switch (is.getRetentionPolicy()) {
            case Limits -> {}
            case Interest ->
                risks.add("has retention interest, and keeps nothing while it has no consumer" + edit
                        + "--retention=limits");
            case WorkQueue ->
                risks.add("has retention workqueue, and keeps what one consumer has acked no longer: that cannot be"
                        + " changed, so use another stream if others are to read it");
        }
        Duration age = stream.maxAge();
        if (age != null && !age.isZero() && age.compareTo(AGE) < 0) {
            risks.add("removes messages after " + age.toSeconds() + " s, be they read or not" + edit + "--max-age=24h");
        }
        Duration window = is.getDuplicateWindow();
        if (ids && window != null && window.compareTo(WINDOW) < 0) {
            risks.add(
                    "remembers message ids for " + window.toSeconds() + " s only, and what message.id is to prevent may"
                            + " come later, after a crash or an outage" + edit + "--dupe-window=2m");
        }
        List<String> outside = subjects.stream()
                // Of what begins with a record's values nothing is known.
                .filter(filter -> !filter.startsWith("*") && !filter.startsWith(">"))
                .filter(filter -> !stream.takes(filter))
                .toList();
        if (!outside.isEmpty()) {
            risks.add("does not list all of the subjects " + String.join(", ", outside)
                    + ", and records outside are not stored in it unless a mapping of the account leads them there:"
                    + " change subject, or add to the stream's subjects");
        }
    }
}
