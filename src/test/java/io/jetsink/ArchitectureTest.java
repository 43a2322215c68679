package io.jetsink;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.jetsink.nats.ReplyReader;
import io.jetsink.nats.stream.Probe;
import io.nats.client.BaseConsumerContext;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import java.io.ObjectInputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

/** The directions between packages, and what main code never uses. */
@AnalyzeClasses(packages = "io.jetsink", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String ROOT = "io.jetsink";

    /** A slice for each top-level class, with the classes nested in it. */
    private static final SliceAssignment TOP_LEVEL_CLASS = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            String name = javaClass.getName();
            int nested = name.indexOf('$');
            return SliceIdentifier.of(nested < 0 ? name : name.substring(0, nested));
        }

        @Override
        public String getDescription() {
            return "each top-level class";
        }
    };

    /** Each package with the ones it may use. A package that is not listed does not exist: enter a new one here first. */
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            entry(
                    "",
                    List.of(
                            "delivery",
                            "translate",
                            "translate.subject",
                            "publish",
                            "publish.fast",
                            "publish.once",
                            "publish.objects",
                            "publish.preflight",
                            "nats",
                            "nats.stream",
                            "metrics",
                            "message",
                            "config",
                            "spi")),
            entry(
                    "tool",
                    List.of(
                            "",
                            "tool.compare",
                            "tool.migrate",
                            "translate",
                            "publish",
                            "publish.objects",
                            "publish.once",
                            "nats",
                            "nats.stream",
                            "message",
                            "config")),
            entry("tool.migrate", List.of()),
            entry("tool.compare", List.of("translate.text", "publish.objects", "message")),
            entry("delivery", List.of("translate", "publish", "metrics", "message", "config")),
            entry(
                    "translate",
                    List.of("translate.subject", "translate.text", "nats.stream", "message", "config", "spi")),
            entry("translate.subject", List.of("translate.text", "nats.stream", "message", "config", "spi")),
            entry("translate.text", List.of("message")),
            entry(
                    "publish.preflight",
                    List.of("publish", "publish.fast", "publish.once", "nats", "nats.stream", "message", "config")),
            entry("publish.fast", List.of("publish", "nats", "nats.stream", "message", "config")),
            entry("publish.once", List.of("publish", "nats", "nats.stream", "message", "config")),
            entry("publish.objects", List.of("publish", "nats.stream", "message", "config")),
            entry("publish", List.of("nats", "nats.stream", "metrics", "message", "config")),
            entry("nats", List.of("message", "config", "spi")),
            entry("nats.stream", List.of("message", "config")),
            entry("metrics", List.of("message", "config")),
            entry("config", List.of("message", "spi")),
            entry("message", List.of()),
            entry("spi", List.of()));

    @ArchTest
    static void dependenciesPointOneWay(JavaClasses classes) {
        MAY_USE.forEach((name, targets) -> {
            String[] allowed = Stream.concat(Stream.of(name), targets.stream())
                    .map(ArchitectureTest::packageName)
                    .toArray(String[]::new);
            classes()
                    .that()
                    .resideInAPackage(packageName(name))
                    .should()
                    .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..").or(resideInAnyPackage(allowed)))
                    .check(classes);
        });
    }

    @ArchTest
    static final ArchRule everyClassIsInAKnownPackage = classes()
            .should()
            .resideInAnyPackage(
                    MAY_USE.keySet().stream().map(ArchitectureTest::packageName).toArray(String[]::new));

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

    /** Classes of one package use each other without an import, so that nobody sees a circle of them. */
    @ArchTest
    static final ArchRule classesFormNoCircle =
            slices().assignedFrom(TOP_LEVEL_CLASS).should().beFreeOfCycles();

    /** The ways of publishing do not know each other; preflight checks for all of them. */
    @ArchTest
    static final ArchRule waysOfPublishingStandAlone = slices().matching(ROOT + ".publish.(*)")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(resideInAPackage(ROOT + ".publish.preflight"), alwaysTrue());

    @ArchTest
    static final ArchRule nothingIsDeserialized =
            noClasses().should().dependOnClassesThat().areAssignableTo(ObjectInputStream.class);

    /** Workers before Connect 4.1 do not have these types: only a class that they never load may mention them. */
    @ArchTest
    static final ArchRule oneClassMentionsPluginMetrics = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + ".metrics.PluginMetricRegistry")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName(PluginMetrics.class.getName());

    /** See the decision record 0040: a dispatcher has a thread of its own, which a task without records would keep. */
    @ArchTest
    static final ArchRule onlyTheReplyReaderSubscribes = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".tool")
            .and(not(type(ReplyReader.class)))
            .should()
            .callMethodWhere(target(owner(assignableTo(Connection.class)
                            .or(assignableTo(JetStream.class))
                            .or(assignableTo(BaseConsumerContext.class))))
                    .and(target(nameMatching("subscribe|iterate|fetch.*|consume|next"))));

    /** The dispatcher of the probe ends with the probe. */
    @ArchTest
    static final ArchRule onlyTheProbeHasADispatcher = noClasses()
            .that(not(type(Probe.class)))
            .should()
            .callMethodWhere(
                    target(owner(assignableTo(Connection.class))).and(target(nameMatching("createDispatcher"))));

    /** Kafka 4.4 moved many classes of the package. */
    @ArchTest
    static final ArchRule internalsOfKafkaAreLeftAlone = noClasses()
            .should()
            .dependOnClassesThat(
                    resideInAPackage("org.apache.kafka.common.utils..").and(not(type(Utils.class))));

    /** Except by the command line tool, whose output it is. */
    @ArchTest
    static void nothingIsPrinted(JavaClasses classes) {
        GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(
                classes.that(not(resideInAPackage(packageName("tool")))));
    }

    @ArchTest
    static final ArchRule logsGoThroughSlf4j =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging");

    /** Whoever has to wait waits for something: a condition, a future, a queue. */
    @ArchTest
    static final ArchRule nobodySleeps = noClasses()
            .should()
            .callMethodWhere(target(name("sleep"))
                    .and(target(owner(assignableTo(Thread.class).or(assignableTo(TimeUnit.class))))));

    @Test
    void aCircleOfClassesInOnePackageIsNoticed() {
        JavaClasses circle = new ClassFileImporter().importClasses(ArchitectureHen.class, ArchitectureEgg.class);

        assertThatThrownBy(() -> slices().assignedFrom(TOP_LEVEL_CLASS)
                        .should()
                        .beFreeOfCycles()
                        .check(circle))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Cycle detected");
    }

    private static String packageName(String name) {
        return name.isEmpty() ? ROOT : ROOT + "." + name;
    }
}

/** One half of a circle that the rule has to notice. */
record ArchitectureHen(List<ArchitectureEgg> eggs) {}

/** The other half. */
record ArchitectureEgg(List<ArchitectureHen> hens) {
    int size() {
        return hens.get(0).eggs().size();
    }
}
