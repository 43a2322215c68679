package io.jetsink.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

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

    @Test
    void certificatesHaveToBeForTheHostThatIsConnectedTo() throws Exception {
        assertThat(ServerTarget.all(List.of("tls://[::1]:4222"), List.of("tls://c.example:4222"), null))
                .extracting(ServerTarget::certificateHost)
                .containsExactly("::1", "c.example");
    }

    @Test
    void discoveredAddressesStandForTheConfiguredName() throws Exception {
        assertThat(ServerTarget.all(List.of("tls://a.example:4222"), List.of("tls://10.0.0.7:4222"), null))
                .extracting(ServerTarget::certificateHost)
                .containsExactly("a.example", "a.example");
    }

    @Test
    void discoveredAddressesStandForThemselvesWhereNoNameIsConfigured() throws Exception {
        assertThat(ServerTarget.all(List.of("tls://10.0.0.1:4222"), List.of("tls://10.0.0.7:4222"), null))
                .extracting(ServerTarget::certificateHost)
                .containsExactly("10.0.0.1", "10.0.0.7");
    }

    @Test
    void aDotThatMakesANameAbsoluteIsNotInItsCertificate() throws Exception {
        assertThat(ServerTarget.all(List.of("tls://a.example.:4222"), List.of(), null))
                .extracting(ServerTarget::certificateHost)
                .containsExactly("a.example");
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

        assertThatThrownBy(targets.get(1)::resolved).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void whatIsNoUrlIsNamed() {
        assertThatThrownBy(() -> ServerTarget.all(List.of("nats://a b"), List.of(), null))
                .isInstanceOf(ConnectFailedException.class)
                .hasMessageContaining("nats://a b")
                .hasMessageContaining("nats.servers");
    }
}
