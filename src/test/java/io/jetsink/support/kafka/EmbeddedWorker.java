package io.jetsink.support.kafka;

import io.jetsink.support.process.ProcessFiles;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.utils.internals.Exit;
import org.apache.kafka.connect.cli.ConnectStandalone;
import org.apache.kafka.connect.runtime.Connect;

/**
 * A standalone Connect worker inside this JVM, with the connector from the test's own class path: quick to start and
 * open to a debugger. It has the same REST; what needs separate processes or the packaged zip takes
 * {@link ConnectCluster}.
 */
public final class EmbeddedWorker implements AutoCloseable {
    private final Path folder;
    private final Connect<?> connect;
    private final ConnectRest rest;

    private EmbeddedWorker(Path folder, Connect<?> connect) {
        this.folder = folder;
        this.connect = connect;
        URI url = connect.rest().advertisedUrl();
        this.rest = new ConnectRest(() -> URI.create("http://" + url.getHost() + ":" + url.getPort()));
    }

    public static EmbeddedWorker start(String bootstrap) {
        return start(bootstrap, Map.of());
    }

    /** @param overrides worker properties that win over ours */
    public static EmbeddedWorker start(String bootstrap, Map<String, String> overrides) {
        Path folder = ProcessFiles.newFolder("embedded");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        // A worker that cannot start ends the JVM, which would take the test runner with it.
        Exit.setExitProcedure((code, message) -> {
            throw new IllegalStateException("The embedded Connect worker could not start, exit code " + code);
        });
        try {
            var connect = new ConnectStandalone().startConnect(properties(bootstrap, folder, overrides));
            connect.herder().ready();
            return new EmbeddedWorker(folder, connect);
        } catch (RuntimeException e) {
            ProcessFiles.delete(folder);
            throw e;
        } finally {
            Exit.resetExitProcedure();
            // The worker leaves its plugins' loader on the calling thread.
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    public ConnectRest rest() {
        return rest;
    }

    @Override
    public void close() {
        connect.stop();
        connect.awaitStop();
        ProcessFiles.delete(folder);
    }

    private static Map<String, String> properties(String bootstrap, Path folder, Map<String, String> overrides) {
        Map<String, String> properties = new HashMap<>();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("listeners", "http://127.0.0.1:0");
        properties.put("rest.advertised.host.name", "127.0.0.1");
        properties.put("offset.storage.file.filename", folder.resolve("offsets").toString());
        properties.put("plugin.discovery", "service_load");
        properties.put("connector.client.config.override.policy", "All");
        properties.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
        properties.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
        properties.put("header.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
        properties.put("offset.flush.interval.ms", "1000");
        properties.putAll(overrides);
        return properties;
    }
}
