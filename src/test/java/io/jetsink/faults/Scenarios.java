package io.jetsink.faults;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All scenarios, by their rows. */
final class Scenarios {
    private Scenarios() {}

    static List<Scenario> all() {
        return sorted(Stream.of(ofTasks(), WorkerFaults.scenarios(), KafkaFaults.scenarios(), QuietFaults.scenarios()));
    }

    /** Those that need no worker. */
    static List<Scenario> ofTasks() {
        return sorted(Stream.of(
                ServerFaults.scenarios(),
                NetworkFaults.scenarios(),
                StreamFaults.scenarios(),
                AccessFaults.scenarios(),
                CertificateFaults.scenarios(),
                RecordFaults.scenarios(),
                LinkFaults.scenarios(),
                ReplayFaults.scenarios(),
                EditFaults.scenarios(),
                StrangerFaults.scenarios(),
                DomainFaults.scenarios(),
                ClusterFaults.scenarios(),
                CalloutFaults.scenarios(),
                ResolverFaults.scenarios(),
                AccountFaults.scenarios()));
    }

    /** Those that the system property {@code faults.rows} names, or all. */
    static List<Scenario> wanted() {
        String rows = System.getProperty("faults.rows", "");
        Set<String> wanted =
                Arrays.stream(rows.split(",", -1)).map(String::strip).collect(Collectors.toSet());
        return all().stream()
                .filter(scenario -> rows.isEmpty() || wanted.contains(Integer.toString(scenario.row())))
                .toList();
    }

    private static List<Scenario> sorted(Stream<List<Scenario>> themes) {
        return themes.flatMap(List::stream)
                .sorted(Comparator.comparing(Scenario::row))
                .toList();
    }
}
