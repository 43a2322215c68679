package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** No Docker is needed to see that the files fit each other and the build. */
final class DockerFilesTest {
    private static final Path BASE = Path.of(System.getProperty("jetsink.basedir"));
    private static final Path DOCKER = BASE.resolve("docker");

    private final JsonNode compose =
            new YAMLMapper().readTree(DOCKER.resolve("compose.yaml").toFile());
    private final List<String> dockerfile = Files.readAllLines(DOCKER.resolve("Dockerfile"));

    DockerFilesTest() throws IOException {}

    @Test
    void composeHasABrokerAWorkerNatsAndTheirMonitoring() {
        assertThat(compose.path("services").propertyStream().map(Map.Entry::getKey))
                .containsExactlyInAnyOrder("kafka", "connect", "nats", "nats-exporter", "prometheus", "grafana");
        assertThat(compose.at("/services/nats/command").toString()).contains("\"-js\"", "\"-sd\"", "\"/data\"");
    }

    @Test
    void everyImageIsPinned() {
        assertThat(compose.path("services").propertyStream().map(Map.Entry::getValue))
                .allSatisfy(service -> {
                    if (service.has("build")) {
                        Path context =
                                DOCKER.resolve(service.at("/build/context").asText());
                        assertThat(context.resolve(
                                        service.at("/build/dockerfile").asText()))
                                .isRegularFile();
                    } else {
                        assertThat(service.path("image").asText()).matches("[a-z/-]+:v?\\d+\\.\\d+[a-z0-9.-]*");
                    }
                });
        assertThat(instructions("FROM"))
                .isNotEmpty()
                .allSatisfy(from -> assertThat(from).matches("apache/kafka:\\d+\\.\\d+\\.\\d+( AS [a-z]+)?"));
    }

    @Test
    void everyPortIsBoundToThisHost() {
        List<String> ports = compose.findValues("ports").stream()
                .flatMap(JsonNode::valueStream)
                .map(JsonNode::asText)
                .toList();

        assertThat(ports).hasSize(7).allSatisfy(port -> assertThat(port).startsWith("127.0.0.1:"));
    }

    @Test
    void everyVolumeExistsOrIsDeclared() {
        List<String> sources = compose.path("services").findValues("volumes").stream()
                .flatMap(JsonNode::valueStream)
                .map(volume -> volume.asText().split(":", -1)[0])
                .toList();

        assertThat(sources).isNotEmpty().allSatisfy(source -> {
            if (source.startsWith(".")) {
                assertThat(DOCKER.resolve(source)).exists();
            } else {
                assertThat(compose.path("volumes").has(source))
                        .as("volume %s", source)
                        .isTrue();
            }
        });
    }

    /** {@link DocumentedCommandsIT} builds the image from a folder without this file. */
    @Test
    void theBuildContextContainsWhatIsCopied() throws IOException {
        List<String> ignored = Files.readAllLines(DOCKER.resolve("Dockerfile.dockerignore"));
        List<String> sources = instructions("COPY").stream()
                .filter(copy -> !copy.startsWith("--from="))
                .map(copy -> copy.split(" ", 2)[0])
                .toList();

        assertThat(ignored).startsWith("*");
        assertThat(sources)
                .isNotEmpty()
                .allSatisfy(source -> assertThat(ignored.stream()
                                .filter(line -> line.startsWith("!"))
                                .map(line -> line.substring(1))
                                .anyMatch(line -> source.startsWith(line + "/")
                                        || FileSystems.getDefault()
                                                .getPathMatcher("glob:" + line)
                                                .matches(Path.of(source))))
                        .as(source)
                        .isTrue());
    }

    @Test
    void prometheusScrapesTheWorkerAndTheExporterOfNatsAndHasTheAlerts() throws IOException {
        JsonNode prometheus = observability("prometheus.yaml");

        assertThat(prometheus.findValuesAsText("job_name")).containsExactly("connect", "nats");
        assertThat(prometheus.at("/scrape_configs/0/static_configs/0/targets/0").asText())
                .isEqualTo("connect:9404");
        assertThat(prometheus.at("/scrape_configs/1/static_configs/0/targets/0").asText())
                .isEqualTo("nats-exporter:7777");
        assertThat(String.join("\n", dockerfile))
                .contains("-javaagent:/opt/connect/jmx-exporter.jar=9404:/opt/connect/jmx-exporter.yaml")
                .contains("EXPOSE 8083 9404");
        assertThat(prometheus.at("/rule_files/0").asText()).isEqualTo("alerts.yaml");
        assertThat(compose.at("/services/nats-exporter/command").toString()).contains("-jsz=all", "http://nats:8222");
    }

    @Test
    void grafanaHasTheDataSourceAndTheDashboard() throws IOException {
        JsonNode source = observability("grafana/provisioning/datasource.yaml").at("/datasources/0");
        JsonNode folder = observability("grafana/provisioning/dashboards.yaml").at("/providers/0/options/path");

        assertThat(source.path("type").asText()).isEqualTo("prometheus");
        assertThat(source.path("url").asText()).isEqualTo("http://prometheus:9090");
        assertThat(compose.at("/services/grafana/volumes").toString())
                .contains("./observability/grafana/jetsink-jmx-exporter.json:" + folder.asText() + "/")
                .contains("datasource.yaml:/etc/grafana/provisioning/datasources/")
                .contains("dashboards.yaml:/etc/grafana/provisioning/dashboards/");
    }

    private static JsonNode observability(String file) throws IOException {
        return new YAMLMapper().readTree(DOCKER.resolve("observability/" + file).toFile());
    }

    private List<String> instructions(String name) {
        return dockerfile.stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1))
                .toList();
    }
}
