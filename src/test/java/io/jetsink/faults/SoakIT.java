package io.jetsink.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.slf4j.LoggerFactory;

/**
 * Faults of all sorts, by turns that {@code -Dfaults.seed} decides, for {@code -Dsoak.minutes}. What the JVM holds after a
 * collection, and its threads, may not grow.
 *
 * <p>Flat means: the mean of the last third of the samples is above that of the middle third by no more than 16 MB, and by
 * no more than 4 threads. The first third warms up.
 */
@Tag("faults")
class SoakIT {
    private static final int MINUTES = Integer.getInteger("soak.minutes", 1);
    private static final double MEGABYTE = 1 << 20;
    private static final double HEAP_TOLERANCE = 16;
    private static final double THREADS_TOLERANCE = 4;

    /** @param seconds since the beginning */
    private record Sample(double seconds, double heap, double threads) {}

    private final List<Sample> samples = new ArrayList<>();

    @Test
    void nothingIsBrokenAndNothingGrows() throws Exception {
        long seed = Long.getLong("faults.seed", 1);
        Scenario soak = Scenario.of(40, MINUTES + " minutes of random faults", TaskScene.of(this::soak));

        List<Outcome> outcomes = Laboratory.run(soak, Guarantee.wanted(), seed);

        plot(seed);
        FaultReport.write(outcomes);
        assertThat(outcomes).allMatch(Outcome::good);
        double heap = growth(samples.stream().map(Sample::heap).toList());
        double threads = growth(samples.stream().map(Sample::threads).toList());
        LoggerFactory.getLogger(SoakIT.class)
                .info("{} samples: heap grew by {} MB, threads by {}", samples.size(), heap, threads);
        assertThat(heap).as("growth of the heap, MB").isLessThan(HEAP_TOLERANCE);
        assertThat(threads).as("growth of the threads").isLessThan(THREADS_TOLERANCE);
    }

    private void soak(TaskSite site) throws Exception {
        long begin = System.nanoTime();
        long length = Duration.ofMinutes(MINUTES).toNanos();
        while (System.nanoTime() - begin < length) {
            strike(site, site.random().nextInt(8));
            site.awaitFlow();
            sample((System.nanoTime() - begin) / 1e9);
        }
        site.healed();
    }

    private static void strike(TaskSite site, int fault) throws Exception {
        Duration least = Duration.ofMillis(200);
        Duration most = Duration.ofSeconds(4);
        FaultProxy proxy = site.proxies().get(0);
        switch (fault) {
            case 0 -> {
                site.nats().kill9();
                site.hold(least, most);
                site.nats().restart();
            }
            case 1 -> {
                site.nats().sigstop();
                site.hold(least, most);
                site.nats().sigcont();
            }
            case 2 -> {
                proxy.blackHole(true);
                site.hold(least, most);
                proxy.blackHole(false);
            }
            case 3 -> {
                proxy.dropAnswers(true);
                site.hold(least, most);
                proxy.dropAnswers(false);
            }
            case 4 -> {
                proxy.delay(Duration.ofMillis(100));
                site.hold(least, most);
                proxy.delay(Duration.ZERO);
            }
            case 5 -> proxy.reset();
            case 6 -> proxy.cutToServerAfter(1 + site.random().nextInt(20_000));
            default -> site.crash();
        }
    }

    private void sample(double seconds) {
        System.gc();
        samples.add(new Sample(
                seconds,
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEGABYTE,
                ManagementFactory.getThreadMXBean().getThreadCount()));
    }

    private static double growth(List<Double> values) {
        int third = values.size() / 3;
        return mean(values.subList(values.size() - third, values.size()))
                - mean(values.subList(values.size() - 2 * third, values.size() - third));
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private void plot(long seed) throws Exception {
        XYChart chart = new XYChartBuilder()
                .width(900)
                .height(500)
                .title("Soak, seed " + seed)
                .xAxisTitle("s")
                .yAxisTitle("MB of heap after a collection; threads")
                .build();
        double[] seconds = samples.stream().mapToDouble(Sample::seconds).toArray();
        chart.addSeries(
                        "heap",
                        seconds,
                        samples.stream().mapToDouble(Sample::heap).toArray())
                .setMarker(SeriesMarkers.NONE);
        chart.addSeries(
                        "threads",
                        seconds,
                        samples.stream().mapToDouble(Sample::threads).toArray())
                .setMarker(SeriesMarkers.NONE);
        Path folder = Files.createDirectories(Path.of(System.getProperty("jetsink.basedir", "."), "target", "faults"));
        BitmapEncoder.saveBitmap(chart, folder.resolve("soak").toString(), BitmapFormat.PNG);
    }
}
