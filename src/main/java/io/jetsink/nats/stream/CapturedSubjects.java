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
 * The subjects that the stream has captured since the start of the task, by the server's answers (ADR 0030). The stream's own
 * list is only half of the truth: an account mapping ({@code mappings}) leads subjects into a stream that does not list them.
 *
 * <p>Memory is bounded: one subject for each filter of the template, and the last {@value #MOST} subjects.
 *
 * <p><b>Threads.</b> Any.
 */
public final class CapturedSubjects {
    private static final int MOST = 4096;
    /** Period in which each subject outside the stream's list is asked about, after a message was lost. */
    private static final long DISTRUST_NANOS = Duration.ofMinutes(1).toNanos();

    private final List<String> filters;
    private final LongSupplier clock;
    private final Set<String> everListed = new LinkedHashSet<>();
    /** A subject outside the stream's list that the stream captures, for each filter that has one. */
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
     * @param filters that together cover all subjects that can be written to
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

    /** The stream captures this subject, which it does not list. */
    public synchronized void accept(String subject) {
        accepted.put(subject, true);
        for (String filter : filters) {
            if (SubjectFilter.covers(filter, subject)) {
                samples.put(filter, subject);
            }
        }
    }

    /** The server has refused this subject. */
    public synchronized void forget(String subject) {
        accepted.remove(subject);
        samples.values().remove(subject);
    }

    /** A message was lost: until further notice one subject does not stand for others. */
    public synchronized void distrust() {
        accepted.clear();
        distrusted = true;
        trustAt = clock.getAsLong() + DISTRUST_NANOS;
    }

    /**
     * Returns whether a subject outside the stream's list need not be asked about.
     *
     * @param alone whether only an answer about this very subject counts, and none about another one of its filter
     */
    public synchronized boolean trusts(String subject, boolean alone) {
        if (accepted.containsKey(subject)) {
            return true;
        }
        if (alone || samples.isEmpty()) {
            return false;
        }
        if (distrusted && clock.getAsLong() - trustAt < 0) {
            return false;
        }
        distrusted = false;
        return samples.keySet().stream().anyMatch(filter -> SubjectFilter.covers(filter, subject));
    }

    /** A subject outside the stream's list that the stream captured when it was asked about, or null. */
    public synchronized @Nullable String sample() {
        return samples.isEmpty() ? null : samples.values().iterator().next();
    }
}
