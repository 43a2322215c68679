package io.jetsink;

import io.jetsink.message.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The connector's version, as the build wrote it into the jar. REST, JMX and logs show it. */
public final class Version {
    private static final String RESOURCE = "/io/jetsink/version.properties";
    private static final String CURRENT = read(RESOURCE);

    private Version() {}

    public static String current() {
        return CURRENT;
    }

    static String read(String resource) {
        try (InputStream in = Version.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(ErrorCode.DAMAGED_PLUGIN.text(
                        resource + " is missing from the connector's jar: install the plugin again"));
            }
            Properties properties = new Properties();
            properties.load(in);
            String version = properties.getProperty("version", "");
            if (version.isBlank()) {
                throw new IllegalStateException(
                        ErrorCode.DAMAGED_PLUGIN.text(resource + " names no version: install the plugin again"));
            }
            return version;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    ErrorCode.DAMAGED_PLUGIN.text(
                            resource + " cannot be read from the connector's jar: install the plugin again"),
                    e);
        }
    }
}
