package io.jetsink.nats.stream;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The subjects that a stream lists, to be matched for each message: subjects without a wildcard by their text, and of the
 * others the one that matched last before all others. So a stream of a thousand subjects costs what a stream of one does.
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
public final class ListedSubjects {
    private final Set<String> literals = new HashSet<>();
    private final List<String> patterns = new ArrayList<>();
    private int latest;

    /** @param subjects of the stream's configuration, with wildcards */
    public ListedSubjects(List<String> subjects) {
        for (String subject : subjects) {
            (isPattern(subject) ? patterns : literals).add(subject);
        }
    }

    static boolean isPattern(String subject) {
        return subject.indexOf('*') >= 0 || subject.indexOf('>') >= 0;
    }

    /** Returns whether the list holds this subject, which has no wildcard. */
    public boolean include(String subject) {
        if (latest < patterns.size() && TargetStream.covers(patterns.get(latest), subject)) {
            return true;
        }
        if (literals.contains(subject)) {
            return true;
        }
        for (int i = 0; i < patterns.size(); i++) {
            if (TargetStream.covers(patterns.get(i), subject)) {
                latest = i;
                return true;
            }
        }
        return false;
    }
}
