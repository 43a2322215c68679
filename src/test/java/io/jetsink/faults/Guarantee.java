package io.jetsink.faults;

import io.nats.client.api.StreamConfiguration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A guarantee and the way it is kept, as users configure it. */
public enum Guarantee {
    ASYNC("at-least-once async", Map.of("publish.mode", "async"), false, false),
    FAST("at-least-once fast", Map.of("publish.mode", "fast"), true, false),
    SYNC("at-least-once sync", Map.of("publish.mode", "sync"), true, false),
    EXACTLY_ONCE("exactly-once", Map.of("delivery.guarantee", "exactly-once"), true, true),
    /** In the scenarios that name it: it promises nothing after a fault. */
    BEST_EFFORT("best-effort", Map.of("delivery.guarantee", "best-effort"), true, false);

    private final String title;
    private final Map<String, String> config;
    private final boolean ordered;
    private final boolean once;

    Guarantee(String title, Map<String, String> config, boolean ordered, boolean once) {
        this.title = title;
        this.config = config;
        this.ordered = ordered;
        this.once = once;
    }

    /** In the order of the table, those that the system property {@code faults.guarantees} names, or all. */
    static List<Guarantee> wanted() {
        String names = System.getProperty("faults.guarantees", "");
        return names.isEmpty()
                ? List.of(values())
                : Arrays.stream(names.split(",", -1)).map(Guarantee::of).toList();
    }

    /** Those that lose nothing, whatever breaks. */
    static Set<Guarantee> safe() {
        return EnumSet.complementOf(EnumSet.of(BEST_EFFORT));
    }

    private static Guarantee of(String key) {
        return valueOf(key.strip().toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** Of connectors, topics and streams, and on the command line. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String title() {
        return title;
    }

    public Map<String, String> config() {
        return config;
    }

    /** Whether first copies are in order, through faults too. */
    public boolean keepsOrder() {
        return ordered;
    }

    /** Whether what is committed is stored. */
    public boolean losesNothing() {
        return this != BEST_EFFORT;
    }

    /** Whether there are no copies. */
    public boolean promisesOnce() {
        return once;
    }

    /** A stream of this name for a connector of this name, with what the guarantee needs. */
    public StreamConfiguration.Builder stream(String name) {
        StreamConfiguration.Builder stream = StreamConfiguration.builder().name(name);
        return switch (this) {
            case ASYNC, SYNC, BEST_EFFORT -> stream.subjects(name + ".>");
            case FAST -> stream.subjects(name + ".>").allowBatched();
            case EXACTLY_ONCE ->
                stream.subjects(name + ".>", "jetsink.offsets." + name + ".>")
                        .allowAtomicPublish()
                        .allowRollup(true);
        };
    }
}
