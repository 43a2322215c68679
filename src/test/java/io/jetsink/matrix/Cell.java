package io.jetsink.matrix;

import io.jetsink.faults.Guarantee;
import io.jetsink.support.nats.NatsBinary;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Versions that work together.
 *
 * @param connect the version of Kafka Connect
 * @param java the feature version of the JVM that runs the worker
 */
record Cell(String connect, NatsBinary nats, int java) {
    private static final List<String> CONNECT = List.of("3.6.2", "3.9.2", "4.1.2", "4.2.1", "4.3.2", "4.4.0");
    private static final List<Integer> JAVA = List.of(17, 25);

    static List<Cell> all() {
        List<Cell> all = new ArrayList<>();
        for (String connect : CONNECT) {
            for (NatsBinary nats : NatsBinary.values()) {
                JAVA.forEach(java -> all.add(new Cell(connect, nats, java)));
            }
        }
        return all;
    }

    /** Returns the oldest and the newest versions, on the Java of this JVM. */
    static List<Cell> ends() {
        int java = Runtime.version().feature();
        return List.of(
                new Cell(CONNECT.get(0), NatsBinary.V2_9, java),
                new Cell(CONNECT.get(CONNECT.size() - 1), NatsBinary.V2_15, java));
    }

    /** Returns what the server offers. */
    Set<Guarantee> guarantees() {
        return nats == NatsBinary.V2_15
                ? EnumSet.allOf(Guarantee.class)
                : EnumSet.of(Guarantee.ASYNC, Guarantee.SYNC, Guarantee.BEST_EFFORT);
    }

    /** Of topics, streams and connectors, which are in one Kafka cluster. */
    String key(String prefix) {
        return (prefix + "-" + connect + "-" + nats.version() + "-" + java).replace('.', '-');
    }

    @Override
    public String toString() {
        return "Connect " + connect + ", nats-server " + nats.version() + ", Java " + java;
    }
}
