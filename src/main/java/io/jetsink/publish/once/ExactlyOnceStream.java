package io.jetsink.publish.once;

import io.jetsink.config.ExactlyOnceSettings;
import io.jetsink.nats.stream.TargetStream;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.SubjectTransform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a stream has to be for exactly-once, and how to make it so. */
public final class ExactlyOnceStream {
    /** Begins each problem of server and stream. */
    static final String WHAT = "delivery.guarantee=exactly-once: ";

    private static final String MESSAGE_SIZE_FLAG = "--max-msg-size=-1";

    private final TargetStream stream;
    private final StreamConfiguration configuration;
    private final MarkerSubjects markers;
    private final List<String> problems = new ArrayList<>();
    private final List<String> flags = new ArrayList<>();
    /** Changes that are no flag of {@code nats stream edit}. */
    private final List<String> changes = new ArrayList<>();

    private boolean curable = true;

    ExactlyOnceStream(TargetStream stream, MarkerSubjects markers) {
        this.stream = stream;
        this.configuration = stream.configuration();
        this.markers = markers;
    }

    /** Returns all problems of this stream with the command that fixes them, or null if it meets every requirement. */
    public static @Nullable String problem(TargetStream stream, MarkerSubjects markers) {
        String problem = new ExactlyOnceStream(stream, markers).problem();
        return problem == null ? null : WHAT + problem;
    }

    /** Returns the problem of a stream that has refused a marker for its size, and the command that fixes it. */
    static String tooSmall(String stream) {
        return "the max_msg_size of stream " + stream + " refuses the offset markers of exactly-once: nats stream edit "
                + stream + " " + MESSAGE_SIZE_FLAG;
    }

    /** All that stands against it, with the command that mends it; null: nothing does. */
    @Nullable
    public String problem() {
        if (stream.persistsLater()) {
            incurable("has persist_mode async, which acks what is not stored");
        }
        switch (configuration.getRetentionPolicy()) {
            case Limits -> {}
            case Interest -> curable("has retention interest, which removes markers", "--retention=limits");
            case WorkQueue -> incurable("has retention workqueue, which removes markers and cannot be changed");
        }
        if (!stream.acks()) {
            curable(TargetStream.NO_ACK, TargetStream.NO_ACK_CURE);
        }
        if (!stream.allowsAtomic()) {
            curable("does not allow atomic batches", "--allow-batch");
        }
        if (!stream.allowsRollup()) {
            if (configuration.getDenyPurge()) {
                incurable("has deny_purge, which excludes the rollups that replace markers and cannot be changed");
            } else {
                curable("does not allow rollups, which replace markers", "--allow-rollup");
            }
        }
        long largest = stream.maxMessageSize();
        if (largest > 0 && largest < OffsetMarker.MAX_BYTES) {
            curable("has a max_msg_size of " + largest + ", which refuses markers", MESSAGE_SIZE_FLAG);
        }
        if (configuration.isDiscardNewPerSubject() && configuration.getMaxMsgsPerSubject() > 0) {
            curable(
                    "has max_msgs_per_subject with discard_new_per_subject, which refuses new markers",
                    "--no-discard-per-subject");
        }
        Duration age = stream.maxAge();
        if (age != null && !age.isZero() && age.compareTo(ExactlyOnceSettings.MIN_AGE) < 0) {
            curable(
                    "has a max_age of less than " + ExactlyOnceSettings.MIN_AGE.toMinutes()
                            + " minutes, which removes markers",
                    "--max-age=" + ExactlyOnceSettings.MIN_AGE.toMinutes() + "m");
        }
        if (!stream.takes(markers.filter())) {
            List<String> subjects = new ArrayList<>(configuration.getSubjects());
            subjects.add(markers.filter());
            curable(
                    "does not take the markers' subjects " + markers.filter() + " (exactly.once.marker.prefix)",
                    "--subjects='" + String.join(",", subjects) + "'");
        }
        SubjectTransform transform = configuration.getSubjectTransform();
        if (transform != null && moves(transform)) {
            problems.add("has a subject_transform from " + transform.getSource() + " to " + transform.getDestination()
                    + ", which stores the markers " + markers.filter()
                    + " under other subjects than the server is asked for");
            changes.add("limit the transform to the records' subjects");
        }
        if (problems.isEmpty()) {
            return null;
        }
        return "stream " + stream.name() + " " + String.join(", and ", problems) + ": " + cure();
    }

    private String cure() {
        if (!curable) {
            return "name another one with jetstream.stream or kv.bucket, which jetstream.stream.create=true or"
                    + " kv.bucket.create=true can create";
        }
        if (!flags.isEmpty()) {
            changes.add(0, "nats stream edit " + stream.name() + " " + String.join(" ", flags));
        }
        return String.join("; and ", changes);
    }

    /**
     * Whether a transform gives markers other subjects. The server stores a message under the transformed subject, and
     * compares the expected sequence there, but finds a message only by the subject that it is stored under (nats-server
     * 2.15.1). A transform of everything to itself moves nothing.
     */
    private boolean moves(SubjectTransform transform) {
        String source = transform.getSource();
        String destination = transform.getDestination();
        boolean changes = destination != null && !destination.isEmpty() && !destination.equals(source);
        return changes && (source == null || source.isEmpty() || TargetStream.overlap(source, markers.pattern()));
    }

    private void curable(String problem, String flag) {
        problems.add(problem);
        flags.add(flag);
    }

    private void incurable(String problem) {
        problems.add(problem);
        curable = false;
    }
}
