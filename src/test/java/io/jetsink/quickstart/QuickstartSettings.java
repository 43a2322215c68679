package io.jetsink.quickstart;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the command line says; the Maven profile passes an option that was not given as an empty value.
 *
 * @param basedir the checkout
 * @param records how many orders are sent
 * @param keep whether everything keeps running afterwards
 */
record QuickstartSettings(Path basedir, String version, int records, boolean keep) {
    private static final int DEFAULT_RECORDS = 100_000;
    private static final int MOST_RECORDS = 5_000_000;
    private static final int LEAST_RECORDS_PER_SECOND = 5_000;

    static QuickstartSettings fromSystemProperties() {
        String keep = property("quickstart.keep", "false");
        return new QuickstartSettings(
                Path.of(property("jetsink.basedir", ".")),
                property("jetsink.version", "unknown"),
                records(property("quickstart.records", Integer.toString(DEFAULT_RECORDS))),
                !keep.equals("false"));
    }

    static int records(String text) {
        if (!text.matches("[1-9][0-9]{0,6}") || Integer.parseInt(text) > MOST_RECORDS) {
            throw new IllegalArgumentException(
                    "-Dquickstart.records=" + text + " is not a whole number from 1 to " + MOST_RECORDS);
        }
        return Integer.parseInt(text);
    }

    /** All of it must be over by then, whatever happens. */
    Duration deadline() {
        return Duration.ofMinutes(4).plusSeconds(records / LEAST_RECORDS_PER_SECOND);
    }

    private static String property(String name, String otherwise) {
        String value = System.getProperty(name, "");
        return value.isBlank() ? otherwise : value;
    }
}
