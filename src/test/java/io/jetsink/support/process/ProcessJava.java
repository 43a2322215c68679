package io.jetsink.support.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a Kafka process, and how it logs. */
public final class ProcessJava {
    /** Fewer threads and no second compiler: several of these share a small machine with the test. */
    private static final List<String> QUICK_START =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

    private static final String LOG_CONFIGURATION = """
            status = error
            appender.out.type = Console
            appender.out.name = out
            appender.out.layout.type = PatternLayout
            appender.out.layout.pattern = %d{HH:mm:ss.SSS} %-5p [%t] %m (%c{1})%n
            rootLogger.level = info
            rootLogger.appenderRef.out.ref = out
            # Dumps of whole configurations and every REST request: the end of a log would hold nothing else.
            logger.config.name = org.apache.kafka.common.config.AbstractConfig
            logger.config.level = warn
            logger.rest.name = org.apache.kafka.connect.runtime.rest.RestServer
            logger.rest.level = warn
            logger.metrics.name = org.apache.kafka.common.metrics.Metrics
            logger.metrics.level = warn
            logger.info.name = org.apache.kafka.common.utils.AppInfoParser
            logger.info.level = warn
            logger.moved.name = org.apache.kafka.common.utils.internals.AppInfoParser
            logger.moved.level = warn
            """;

    private ProcessJava() {}

    /**
     * @param folder where the log configuration is written
     * @param logging lines of it that win over ours
     * @param quickStart whether a short start counts more than throughput
     * @param java the folder of the JDK
     */
    public static List<String> command(
            Path folder,
            String logging,
            String heap,
            boolean quickStart,
            List<String> flags,
            Path java,
            String classPath,
            List<String> main) {
        Path configuration = ProcessFiles.write(folder.resolve("log4j2.properties"), LOG_CONFIGURATION + logging);
        List<String> command = new ArrayList<>();
        command.add(java.resolve(Path.of("bin", "java")).toString());
        command.add("-Xmx" + heap);
        if (quickStart) {
            command.addAll(QUICK_START);
        }
        command.add("-Dlog4j2.configurationFile=" + configuration);
        command.addAll(flags);
        command.add("-cp");
        command.add(classPath);
        command.addAll(main);
        return List.copyOf(command);
    }
}
