package io.jetsink.publish;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.LogSafeText;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.Probe;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server error about a missing permission. The protocol has no code for it and does not name the message; the text has the
 * subject (nats-server 2.9 to 2.15: "Permissions Violation for Publish to ...").
 *
 * @param subject that the user may not publish or subscribe to
 * @param publish true for publish, false for subscribe
 */
public record PermissionsViolation(String subject, boolean publish) {
    private static final Pattern TEXT = Pattern.compile(
            "Permissions Violation for (Publish|Subscription) to \"([^\"]*)\"", Pattern.CASE_INSENSITIVE);
    /** Requests to JetStream. Some are optional, and code that needs the answer notices that none came. */
    private static final Pattern REQUEST = Pattern.compile(".+\\.STREAM\\.(INFO|NAMES|CREATE|PURGE)(\\..+)?");

    /** Reads a server error; null if it concerns something else. */
    public static @Nullable PermissionsViolation in(String error) {
        Matcher matcher = TEXT.matcher(error);
        return matcher.find()
                ? new PermissionsViolation(matcher.group(2), matcher.group(1).equalsIgnoreCase("Publish"))
                : null;
    }

    /** Whether messages or their acks are lost, so that an epoch is useless. */
    public boolean isFatal() {
        return !publish || !(REQUEST.matcher(subject).matches() || Probe.isGuess(subject));
    }

    /** Returns the code of a server error. */
    public static ErrorCode codeOf(String error) {
        PermissionsViolation violation = in(error);
        return violation == null ? ErrorCode.SERVER_ERROR : violation.code();
    }

    private ErrorCode code() {
        return !publish
                ? ErrorCode.SUBSCRIBE_DENIED
                : REQUEST.matcher(subject).matches() ? ErrorCode.LOOKUP_DENIED : ErrorCode.PUBLISH_DENIED;
    }

    /** Returns whether a template can lead to the subject. No template leads to a subject of JetStream. */
    private boolean isRecords() {
        return !subject.startsWith("$") && !REQUEST.matcher(subject).matches();
    }

    /** @param failure that the violation explains, or null */
    public MisconfiguredException misconfiguration(@Nullable Throwable failure) {
        String text = publish
                ? "the user of nats.auth.* may not publish to " + LogSafeText.of(subject)
                        + ": grant it that, or change " + (isRecords() ? "subject or " : "") + "the user"
                : "the user of nats.auth.* may not subscribe to " + LogSafeText.of(subject)
                        + ", where acks arrive: grant it that, or set nats.inbox.prefix to what it may";
        return new MisconfiguredException(code(), text, failure);
    }
}
