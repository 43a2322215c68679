package io.jetsink.faults;

import io.jetsink.support.kafka.ConnectCluster;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.awaitility.Awaitility;

/**
 * Points in the code at which workers are hit, by the agent Byteman and a script of rules; the connector knows nothing of
 * it.
 *
 * @param folder where the files lie that arm them
 */
record Points(Path folder) {
    static Points create() {
        try {
            return new Points(Files.createTempDirectory("jetsink-points-"));
        } catch (IOException e) {
            throw new UncheckedIOException("No folder for points", e);
        }
    }

    /** Workers that can be hit. */
    ConnectCluster.Builder in(ConnectCluster.Builder workers) {
        return workers.jvmFlag("-javaagent:" + agent() + "=script:" + script()).jvmFlag("-Djetsink.faults=" + folder);
    }

    /** The next task that comes to the point is hit, in whichever worker. */
    void arm(String point) throws IOException {
        Files.createFile(folder.resolve(point));
    }

    void awaitHit(String point) {
        Awaitility.await(point).atMost(TaskSite.PATIENCE).until(() -> Files.notExists(folder.resolve(point)));
    }

    private static String agent() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.matches(".*byteman-[0-9.]+\\.jar"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("There is no Byteman on the class path"));
    }

    private static Path script() {
        URL script = Objects.requireNonNull(Points.class.getResource("points.btm"), "points.btm");
        try {
            return Path.of(script.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
