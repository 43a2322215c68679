package io.jetsink.faults;

import io.jetsink.support.nats.NatsCertificates;
import io.jetsink.support.nats.NatsCertificates.Issued;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What happens to certificates. The server gets them by a restart, so that every connection has to meet them. No proxy
 * stands between.
 */
final class CertificateFaults implements Scene {
    private static final Duration WHILE = Duration.ofSeconds(8);

    private final Path folder;

    private CertificateFaults(Path folder) {
        this.folder = folder;
    }

    static List<Scenario> scenarios() {
        return List.of(Scenario.of(
                25,
                "certificate of another host, expired, of an unknown CA",
                (name, guarantees, seed) -> new CertificateFaults(Files.createTempDirectory("jetsink-faults-"))
                        .play(name, guarantees, seed)));
    }

    @Override
    public Map<Guarantee, Evidence> play(String name, List<Guarantee> guarantees, long seed) throws Exception {
        NatsCertificates first = new NatsCertificates(Files.createDirectory(folder.resolve("first")));
        NatsCertificates second = new NatsCertificates(Files.createDirectory(folder.resolve("second")));
        String names = "dns:localhost,ip:127.0.0.1";
        Issued good = first.issue("good", names);
        Issued elsewhere = first.issue("elsewhere", "dns:elsewhere.example");
        Issued expired = first.issueExpired("expired", names);
        Issued other = second.issue("other", names);
        Path trusted = Files.copy(first.trustStore(), folder.resolve("trusted.p12"));
        Scene scene = TaskScene.of(site -> {
                    suffer(site, elsewhere, "elsewhere");
                    suffer(site, expired, "expired");
                    present(site, other);
                    site.hold(WHILE);
                    Files.copy(second.trustStore(), trusted, StandardCopyOption.REPLACE_EXISTING);
                    site.healed();
                })
                .server(NatsServer.builder().config(tls(good)))
                .way(new Way())
                .config("nats.ssl.truststore.location", trusted.toString())
                .config("nats.ssl.truststore.password", NatsCertificates.PASSWORD)
                .config("nats.ssl.truststore.type", "PKCS12");
        return scene.play(name, guarantees, seed);
    }

    private static void suffer(TaskSite site, Issued certificate, String what) {
        present(site, certificate);
        site.hold(WHILE);
        site.lanes().stream()
                .filter(lane ->
                        site.logged().lines("no working link").stream().noneMatch(line -> line.contains(lane.name())))
                .forEach(lane -> lane.problem("took a certificate that is " + what));
    }

    private static void present(TaskSite site, Issued certificate) {
        site.nats().kill9();
        site.nats().configure(tls(certificate));
        site.nats().restart();
    }

    private static String tls(Issued certificate) {
        return "tls { cert_file: '" + certificate.certificate() + "', key_file: '" + certificate.key() + "' }\n";
    }

    /** We trust whatever is there. */
    private static final class Way implements TaskSite.Way {
        @Override
        public String url(NatsServer server) {
            return "tls://localhost:" + server.port();
        }

        @Override
        public Connection connect(NatsServer server) throws Exception {
            return server.connect(options -> {
                try {
                    return options.server("opentls://127.0.0.1:" + server.port())
                            .opentls();
                } catch (java.security.NoSuchAlgorithmException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }
}
