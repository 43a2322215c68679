package io.jetsink.nats;

import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerTargetTest {
    @Test
    void configuredServersComeBeforeDiscoveredOnesAndNoneComesTwice() throws Exception {
        var targets = ServerTarget.all(
                List.of("nats://a:4222", "nats://b:4222"), List.of("nats://c:4222", "nats://b:4222"), null);

        assertThat(targets).hasSize(3);
        assertThat(targets.subList(0, 2))
                .extracting(ServerTarget::server)
                .containsExactlyInAnyOrder("nats://a:4222", "nats://b:4222");
        assertThat(targets.get(2).server()).isEqualTo("nats://c:4222");
    }

    /** Discovered addresses stand for the configured name, if there is one; names and other addresses for themselves. */
    @ParameterizedTest
    @CsvSource({
        "tls://[::1]:4222, tls://c.example:4222, ::1, c.example",
        "tls://a.example:4222, tls://10.0.0.7:4222, a.example, a.example",
        "tls://10.0.0.1:4222, tls://10.0.0.7:4222, 10.0.0.1, 10.0.0.7",
        // The dot that makes a name absolute is not in its certificate.
        "tls://a.example.:4222, tls://b.example.:4222, a.example, b.example",
    })
    void certificatesHaveToBeForTheHostThatIsConnectedTo(
            String configured, String discovered, String host, String discoveredHost) throws Exception {
        assertThat(ServerTarget.all(List.of(configured), List.of(discovered), null))
                .extracting(ServerTarget::certificateHost)
                .containsExactly(host, discoveredHost);
    }

    /** The resolver knows 127.1, and {@link java.net.URI} does not accept it: it stands for names with underscores here. */
    @Test
    void announcedNamesThatTheClientDoesNotAcceptAreResolved() throws Exception {
        var targets = ServerTarget.all(
                List.of("nats://a:4222"), List.of("nats://127.1:4223", "nats://b:4224", "nats://no address"), null);

        assertThat(targets)
                .extracting(ServerTarget::server)
                .containsExactly("nats://a:4222", "nats://b:4224", "nats://127.1:4223");
        assertThat(targets.get(0).resolved()).containsExactly(targets.get(0));
        assertThat(targets.get(2).resolved()).extracting(ServerTarget::server).containsExactly("nats://127.0.0.1:4223");
    }

    @Test
    void anUnknownNameIsAFailureOfItsOwn() throws Exception {
        var targets = ServerTarget.all(List.of("nats://a:4222"), List.of("nats://a_" + "b".repeat(63) + ":4222"), null);

        assertThrown(UnknownHostException.class, targets.get(1)::resolved);
    }

    @Test
    void whatIsNoUrlIsNamed() {
        assertThrown(ConnectFailedException.class, () -> ServerTarget.all(List.of("nats://a b"), List.of(), null))
                .hasMessageContainingAll("nats://a b", "nats.servers");
    }
}
