package io.jetsink.nats.stream;

import io.jetsink.message.SubjectFilter;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The subjects that the stream has captured since the start of the task, according to the server's replies (ADR 0030). The
 * stream's list is not complete: a mapping of the account leads subjects into a stream that does not list them.
 *
 * <p>Memory is bounded to one subject for each filter of the template and the last {@value #MOST} subjects.
 *
 * <p>Threads: any.
 */
public final class CapturedSubjects {
    private static final int MOST = 4096;
    /** Time after a lost message in which each subject outside the stream's list is probed. */
    private static final long DISTRUST_NANOS = Duration.ofMinutes(1).toNanos();

    private final List<String> filters;
    private final LongSupplier clock;
    private final Set<String> everListed = new LinkedHashSet<>();
    /** For each filter, a captured subject outside the stream's list. */
    private final Map<String, String> samples = new HashMap<>();

    private final Map<String, Boolean> accepted = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    };

    private boolean distrusted;
    private long trustAt;

    /**
     * @param filters that together cover all subjects that records can have
     * @param clock nanoseconds that only go forward
     */
    public CapturedSubjects(List<String> filters, LongSupplier clock) {
        this.filters = List.copyOf(filters);
        this.clock = clock;
    }

    public List<String> filters() {
        return filters;
    }

    /** Remembers the subjects that the stream lists at the moment. */
    public synchronized void listedBy(TargetStream stream) {
        everListed.addAll(stream.configuration().getSubjects());
    }

    /** Returns whether the stream has listed this subject at any time since the start of the task. */
    public synchronized boolean wasListed(String subject) {
        return everListed.stream().anyMatch(pattern -> SubjectFilter.covers(pattern, subject));
    }

    /** Remembers that the stream captures this subject without listing it. */
    public synchronized void accept(String subject) {
        accepted.put(subject, true);
        for (String filter : filters) {
            if (SubjectFilter.covers(filter, subject)) {
                samples.put(filter, subject);
            }
        }
    }

    /** Forgets a subject that the server has refused. */
    public synchronized void forget(String subject) {
        accepted.remove(subject);
        samples.values().remove(subject);
    }

    /** Distrusts the samples for a while after a lost message, so each subject is probed. */
    public synchronized void distrust() {
        accepted.clear();
        distrusted = true;
        trustAt = clock.getAsLong() + DISTRUST_NANOS;
    }

    /**
     * Returns whether a subject outside the stream's list can be published to without a probe.
     *
     * @param alone whether only a reply about this very subject counts, and not one about another subject of its filter
     */
    public synchronized boolean trusts(String subject, boolean alone) {
        if (accepted.containsKey(subject)) {
            return true;
        }
        if (alone || samples.isEmpty() || (distrusted && clock.getAsLong() - trustAt < 0)) {
            return false;
        }
        distrusted = false;
        return samples.keySet().stream().anyMatch(filter -> SubjectFilter.covers(filter, subject));
    }

    /** Returns a captured subject outside the stream's list, or null. */
    public synchronized @Nullable String sample() {
        return samples.isEmpty() ? null : samples.values().iterator().next();
    }
}
