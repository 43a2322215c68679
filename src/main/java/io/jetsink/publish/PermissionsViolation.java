package io.jetsink.publish;

import io.jetsink.message.LogSafeText;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.Probe;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A permission that the user lacks, as the server complains of it. The protocol has no code for it, and does not say which
 * message it was; it has the subject (nats-server 2.9 to 2.15: "Permissions Violation for Publish to ...").
 *
 * @param subject what the user may not do something to
 * @param publish whether it may not publish there; else it may not subscribe
 */
public record PermissionsViolation(String subject, boolean publish) {
    private static final Pattern TEXT = Pattern.compile(
            "Permissions Violation for (Publish|Subscription) to \"([^\"]*)\"", Pattern.CASE_INSENSITIVE);
    /** What is asked of JetStream is asked without need at times, and whoever needs the answer hears that none came. */
    private static final Pattern ASKED = Pattern.compile(".+\\.STREAM\\.(INFO|NAMES|CREATE|PURGE)(\\..+)?");

    /** Null if a complaint is about something else. */
    public static @Nullable PermissionsViolation in(String complaint) {
        Matcher matcher = TEXT.matcher(complaint);
        return matcher.find()
                ? new PermissionsViolation(matcher.group(2), matcher.group(1).equalsIgnoreCase("Publish"))
                : null;
    }

    /** Whether messages or their acks are lost by it, so that no epoch is of use. Others than a probe's guess may be sent. */
    public boolean isFatal() {
        return !publish || !(ASKED.matcher(subject).matches() || Probe.isGuess(subject));
    }

    /** @param failure what it explains, or null */
    public MisconfiguredException mistake(@Nullable Throwable failure) {
        String text = publish
                ? "the user of nats.auth.* may not publish to " + LogSafeText.of(subject)
                        + ": grant it that, or change subject or the user"
                : "the user of nats.auth.* may not subscribe to " + LogSafeText.of(subject)
                        + ", where acks come back: grant it that, or set nats.inbox.prefix to what it may";
        return new MisconfiguredException(text, failure);
    }
}
