package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionsViolationTest {
    @ParameterizedTest
    @CsvSource({
        "Permissions Violation for Publish to \"orders.1\", orders.1, true, true",
        "permissions violation for publish to \"orders.1\", orders.1, true, true",
        "Permissions Violation for Subscription to \"_INBOX.a.*\", _INBOX.a.*, false, true",
        "Permissions Violation for Subscription to \"$JS.x\" using queue \"q\", $JS.x, false, true",
        "Permissions Violation for Publish to \"$JS.API.STREAM.INFO.ORDERS\", $JS.API.STREAM.INFO.ORDERS, true, false",
        "Permissions Violation for Publish to \"hub.STREAM.INFO.ORDERS\", hub.STREAM.INFO.ORDERS, true, false",
        "Permissions Violation for Publish to \"$JS.API.STREAM.NAMES\", $JS.API.STREAM.NAMES, true, false",
        "Permissions Violation for Publish to \"$JS.API.STREAM.MSG.GET.A\", $JS.API.STREAM.MSG.GET.A, true, true",
        "Permissions Violation for Publish to \"orders.jetsink-preflight\", orders.jetsink-preflight, true, false",
        "Permissions Violation for Publish to \"$KV.b.k\", $KV.b.k, true, true",
    })
    void knowsWhatIsDenied(String text, String subject, boolean publish, boolean fatal) {
        PermissionsViolation denied = PermissionsViolation.in(text);

        assertThat(denied).isEqualTo(new PermissionsViolation(subject, publish));
        assertThat(denied.isFatal()).isEqualTo(fatal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization Violation", "maximum connections exceeded", "Stale Connection", ""})
    void leavesOtherComplaintsAlone(String text) {
        assertThat(PermissionsViolation.in(text)).isNull();
    }

    /** Another template cannot help. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "$JS.API.STREAM.INFO.ORDERS",
                "hub.STREAM.INFO.ORDERS",
                "$JS.API.STREAM.MSG.GET.A",
                "$KV.b.k",
                "$O.b.C.x"
            })
    void aSubjectOfJetStreamRequiresAPermission(String subject) {
        assertThat(new PermissionsViolation(subject, true).misconfiguration(null))
                .hasMessageContaining("may not publish to " + subject + ": grant it that, or change the user");
    }

    @Test
    void saysWhatToChange() {
        assertThat(new PermissionsViolation("orders.1", true).misconfiguration(null))
                .hasMessageContaining(
                        "nats.auth.* may not publish to orders.1: grant it that, or change subject or the user");
        assertThat(new PermissionsViolation("_INBOX.a", false).misconfiguration(null))
                .hasMessageContaining("_INBOX.a")
                .hasMessageContaining("nats.inbox.prefix");
    }
}
