package io.jetsink.support.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nats.client.JetStreamManagement;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NatsServerIT {
    private static final StreamConfiguration STREAM =
            StreamConfiguration.builder().name("S").subjects("s").build();

    @ParameterizedTest
    @EnumSource(NatsBinary.class)
    void everyVersionStartsAndSaysWhichItIs(NatsBinary binary) throws Exception {
        try (var server = NatsServer.builder().version(binary).start();
                var connection = server.connect()) {
            var minor = binary.version().substring(0, binary.version().lastIndexOf('.') + 1);

            assertThat(connection.getServerInfo().getVersion()).startsWith(minor);
            assertThat(connection.getServerInfo().isJetStreamAvailable()).isTrue();
        }
    }

    @Test
    void keepsPortsAndMessagesWhenKilledAndStartedAgain() throws Exception {
        try (var server = NatsServer.start()) {
            try (var connection = server.connect()) {
                connection.jetStreamManagement().addStream(STREAM);
                connection.jetStream().publish("s", new byte[] {1});
            }
            var url = server.url();
            var pid = server.pid();

            server.kill9();
            assertThatThrownBy(server::connect).isInstanceOf(IOException.class);
            server.restart();

            assertThat(server.url()).isEqualTo(url);
            assertThat(server.pid()).isNotEqualTo(pid);
            try (var connection = server.connect()) {
                assertThat(messages(connection.jetStreamManagement())).isEqualTo(1);
            }
        }
    }

    @Test
    void answersNothingWhileStoppedAndGoesOnAfterwards() throws Exception {
        try (var server = NatsServer.start();
                var connection = server.connect()) {
            server.sigstop();
            assertThatThrownBy(() -> connection.flush(Duration.ofMillis(300))).isInstanceOf(TimeoutException.class);

            server.sigcont();
            connection.flush(Duration.ofSeconds(5));
        }
    }

    @Test
    void takesAnotherConfigurationWhileItRuns() throws Exception {
        try (var server = NatsServer.start()) {
            server.reload("max_payload: 1000");

            try (var connection = server.connect()) {
                assertThat(connection.getMaxPayload()).isEqualTo(1000);
            }
        }
    }

    @Test
    void startsWithoutJetStream() throws Exception {
        try (var server = NatsServer.builder().jetStream(false).start();
                var connection = server.connect()) {
            assertThat(connection.getServerInfo().isJetStreamAvailable()).isFalse();
        }
    }

    @Test
    void saysWhatTheServerHasAgainstItsConfiguration() {
        var broken = NatsServer.builder().config("no_such_key: {");

        assertThatThrownBy(broken::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ended with 1")
                .hasMessageContaining("Parse error");
    }

    @Test
    void leavesNeitherProcessNorFolderBehind() {
        var server = NatsServer.start();
        var process = ProcessHandle.of(server.pid()).orElseThrow();
        var home = server.logs().getParent();

        server.close();

        assertThat(process.isAlive()).isFalse();
        assertThat(Files.exists(home)).isFalse();
    }

    @Test
    void threeServersElectALeaderAndKeepAStreamThroughItsDeath() throws Exception {
        try (var cluster = NatsCluster.start()) {
            try (var connection = cluster.connect()) {
                connection
                        .jetStreamManagement()
                        .addStream(
                                StreamConfiguration.builder(STREAM).replicas(3).build());
                connection.jetStream().publish("s", new byte[] {1});
            }
            var first = cluster.streamLeader("S");

            var second = cluster.stepDown("S");
            assertThat(second).isNotSameAs(first);

            second.kill9();
            assertThat(cluster.streamLeader("S")).isNotSameAs(second);
            second.restart();
            cluster.awaitReady();
            try (var connection = second.connect()) {
                assertThat(messages(connection.jetStreamManagement())).isEqualTo(1);
            }
        }
    }

    private static long messages(JetStreamManagement management) throws Exception {
        return management.getStreamInfo("S").getStreamState().getMsgCount();
    }
}
