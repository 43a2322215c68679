package io.jetsink.nats.stream;

import io.jetsink.message.SubjectFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The subjects that a stream lists, matched for each message. Subjects without a wildcard are looked up by their text, and the
 * filter that matched last is tried first, so a thousand subjects cost as much as one.
 *
 * <p>Threads: confined to the task thread.
 */
public final class ListedSubjects {
    private final Set<String> literals = new HashSet<>();
    private final List<String> patterns = new ArrayList<>();
    private int latest;

    /** @param subjects of the stream's configuration, with wildcards */
    public ListedSubjects(List<String> subjects) {
        for (String subject : subjects) {
            (SubjectFilter.isPattern(subject) ? patterns : literals).add(subject);
        }
    }

    /** Returns whether the list holds this subject, which has no wildcard. */
    public boolean include(String subject) {
        boolean again = latest < patterns.size() && SubjectFilter.covers(patterns.get(latest), subject);
        if (again || literals.contains(subject)) {
            return true;
        }
        for (int i = 0; i < patterns.size(); i++) {
            if (SubjectFilter.covers(patterns.get(i), subject)) {
                latest = i;
                return true;
            }
        }
        return false;
    }
}
