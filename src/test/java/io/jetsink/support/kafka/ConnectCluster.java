package io.jetsink.support.kafka;

import io.jetsink.support.nats.NatsPort;
import io.jetsink.support.process.JavaHome;
import io.jetsink.support.process.ProcessClassPath;
import io.jetsink.support.process.ProcessFiles;
import io.jetsink.support.process.ProcessJava;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Distributed Connect workers as processes. Their {@code plugin.path} holds the packaged zip, unpacked, and their class
 * path nothing of the connector.
 */
public final class ConnectCluster implements AutoCloseable {
    private final Path folder;
    private final Builder settings;
    private final List<ConnectWorker> workers = new ArrayList<>();
    private final ConnectRest rest = new ConnectRest(this::anyUrl);

    private ConnectCluster(Builder settings) {
        this.settings = settings;
        this.folder = ProcessFiles.newFolder("connect");
    }

    /** @param bootstrap the Kafka broker of the workers' own topics and of the sinks' input */
    public static Builder builder(String bootstrap) {
        return new Builder(bootstrap);
    }

    /** One worker with the JVM's own compilers: of the quickstart and the bench. */
    public static Builder measured(String bootstrap) {
        return builder(bootstrap).heap("1g").forThroughput();
    }

    /** REST of any worker that answers; it forwards to the leader by itself. */
    public ConnectRest rest() {
        return rest;
    }

    public List<ConnectWorker> workers() {
        return List.copyOf(workers);
    }

    public ConnectWorker worker(int index) {
        return workers.get(index);
    }

    /** Starts one more worker and waits until it is in the group. */
    public ConnectWorker addWorker() {
        ConnectWorker worker = startWorker();
        worker.awaitAnswer();
        return worker;
    }

    /** Replaces everything under {@code plugin.path} by the content of these archives, which workers see when they start. */
    public void replacePlugins(Path... archives) {
        ProcessFiles.delete(pluginPath());
        for (Path archive : archives) {
            ProcessFiles.unzip(archive, pluginPath());
        }
    }

    /** Sets a property that the worker reads at its next start. */
    public void property(ConnectWorker worker, String key, String value) {
        settings.property(key, value);
        writeProperties(worker.name(), worker.url().getPort());
    }

    private Path writeProperties(String worker, int port) {
        return ProcessFiles.writeProperties(folder.resolve(worker).resolve("worker.properties"), properties(port));
    }

    @Override
    public void close() {
        workers.forEach(ConnectWorker::close);
        ProcessFiles.delete(folder);
    }

    private void startAll() {
        replacePlugins(settings.plugins.toArray(Path[]::new));
        for (int i = 0; i < settings.workers; i++) {
            startWorker();
        }
        workers.forEach(ConnectWorker::awaitAnswer);
    }

    private ConnectWorker startWorker() {
        String name = "worker-" + workers.size();
        NatsPort port = NatsPort.reserve();
        Path home = folder.resolve(name);
        if (!home.toFile().mkdir()) {
            throw new IllegalStateException("Cannot create " + home);
        }
        Path properties = writeProperties(name, port.number());
        List<String> flags = new ArrayList<>(settings.jvmFlags);
        settings.workerFlags.forEach(flag -> flags.add(flag.apply(workers.size())));
        List<String> command = new ArrayList<>(List.of("env"));
        settings.environment.forEach((variable, value) -> command.add(variable + "=" + value));
        command.addAll(ProcessJava.command(
                home,
                settings.logging,
                settings.heap,
                settings.quickStart,
                flags,
                settings.java,
                settings.classPath,
                List.of("org.apache.kafka.connect.cli.ConnectDistributed", properties.toString())));
        ConnectWorker worker = new ConnectWorker(name, home.resolve("worker.log"), port, command);
        workers.add(worker);
        return worker;
    }

    private Map<String, String> properties(int port) {
        Map<String, String> properties = new HashMap<>();
        properties.put("bootstrap.servers", settings.bootstrap);
        properties.put("group.id", settings.group);
        properties.put("listeners", "http://127.0.0.1:" + port);
        properties.put("rest.advertised.host.name", "127.0.0.1");
        properties.put("plugin.path", pluginPath().toString());
        properties.put("plugin.discovery", "service_load");
        properties.put("connector.client.config.override.policy", "All");
        properties.put("config.providers", "file");
        properties.put("config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider");
        properties.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
        properties.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
        properties.put("header.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
        for (String topic : List.of("config", "offset", "status")) {
            properties.put(topic + ".storage.topic", settings.group + "-" + topic);
            properties.put(topic + ".storage.replication.factor", "-1");
        }
        properties.put("offset.storage.partitions", "1");
        properties.put("status.storage.partitions", "1");
        // Short, so that a killed worker's tasks move within seconds and commits are seen soon.
        properties.put("scheduled.rebalance.max.delay.ms", "1000");
        properties.put("session.timeout.ms", "10000");
        properties.put("heartbeat.interval.ms", "3000");
        properties.put("offset.flush.interval.ms", "1000");
        properties.putAll(settings.properties);
        return properties;
    }

    private Path pluginPath() {
        return folder.resolve("plugins");
    }

    private URI anyUrl() {
        return workers.stream()
                .filter(ConnectWorker::answers)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No Connect worker of this cluster is running"))
                .url();
    }

    /** How a cluster is made. */
    public static final class Builder {
        private final String bootstrap;
        private final Map<String, String> properties = new HashMap<>();
        private final List<String> jvmFlags = new ArrayList<>();
        private final List<IntFunction<String>> workerFlags = new ArrayList<>();
        private final Map<String, String> environment = new HashMap<>();
        private final List<Path> plugins = new ArrayList<>();
        private Path java = JavaHome.own();
        private String classPath = ProcessClassPath.ofKafka();
        private String group = "connect";
        private String heap = "512m";
        private String logging = "";
        private boolean quickStart = true;
        private int workers = 1;

        private Builder(String bootstrap) {
            this.bootstrap = bootstrap;
        }

        public Builder workers(int count) {
            this.workers = count;
            return this;
        }

        /** The name of the workers' group, with which the names of their topics begin. */
        public Builder group(String name) {
            this.group = name;
            return this;
        }

        /** @param size as in {@code -Xmx} */
        public Builder heap(String size) {
            this.heap = size;
            return this;
        }

        /** A worker property that wins over ours. */
        public Builder property(String key, String value) {
            properties.put(key, value);
            return this;
        }

        public Builder jvmFlag(String flag) {
            jvmFlags.add(flag);
            return this;
        }

        /** A flag that is different for each worker, by the index of the worker. */
        public Builder workerFlag(IntFunction<String> flag) {
            workerFlags.add(flag);
            return this;
        }

        /** A variable that the workers' processes have beside this one's. */
        public Builder environment(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        /** @param lines of log4j2's properties that win over ours, each with a line break */
        public Builder logging(String lines) {
            this.logging = lines;
            return this;
        }

        /** Takes the JVM's own compilers and collector instead of those that start fast: for measurements. */
        public Builder forThroughput() {
            this.quickStart = false;
            return this;
        }

        /** Takes workers of another version of Kafka, which Maven resolves. */
        public Builder kafka(String version) {
            classPath = WorkerVersions.classPath(version);
            return this;
        }

        /** @param home the folder of the workers' JDK */
        public Builder java(Path home) {
            java = home;
            return this;
        }

        /** The converters and transforms of others that users add to their workers. */
        public Builder withAdditions() {
            classPath = ProcessClassPath.ofKafkaWithAdditions();
            return this;
        }

        /** Strimzi's metrics reporter, which properties enable. */
        public Builder withMetricsReporter() {
            classPath = ProcessClassPath.ofKafkaWithMetricsReporter();
            return this;
        }

        /** One more archive that is unpacked under {@code plugin.path}. */
        public Builder plugin(Path zip) {
            plugins.add(zip);
            return this;
        }

        /** The zip that this build packaged, named by the system property {@code jetsink.zip}. */
        public Builder packagedPlugin() {
            String zip = System.getProperty("jetsink.zip");
            if (zip == null || !Path.of(zip).toFile().isFile()) {
                throw new IllegalStateException("The system property jetsink.zip names no packaged plugin: " + zip
                        + ". Run this through mvn verify, which packages it first");
            }
            return plugin(Path.of(zip));
        }

        public ConnectCluster start() {
            ConnectCluster cluster = new ConnectCluster(this);
            try {
                cluster.startAll();
                return cluster;
            } catch (RuntimeException e) {
                cluster.close();
                throw e;
            }
        }
    }
}
