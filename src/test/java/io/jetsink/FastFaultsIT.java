package io.jetsink;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.Logged;
import io.jetsink.support.NatsBinary;
import io.jetsink.support.NatsCluster;
import io.jetsink.support.NatsServer;
import io.jetsink.support.StreamChecker;
import io.jetsink.support.StreamReport;
import io.jetsink.support.StreamTally;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * Fast-ingest through faults, on real servers, with the connector's task fed in this JVM. Each fault has a short form, and
 * a long one that runs with {@code -Pfaults}.
 *
 * <p>The load is steady and nothing is committed before its end, as between two commits of a worker. So no end of a batch
 * is under way when a connection is cut; if one were, its answer could be lost, and what came behind the last ack would be
 * sent twice. Each fault waits until records flow again after the one before.
 */
class FastFaultsIT {
    private static final String STREAM = "orders";
    private static final int WINDOW = 4096;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** Records between two faults: several acks. */
    private static final int BETWEEN = 5_000;
    /** 20,000 records a second. */
    private static final int POLL = 200;

    private static final long PACE_NANOS = Duration.ofMillis(10).toNanos();
    private static final Pattern UNKNOWN = Pattern.compile("the outcome of up to (\\d+) messages is unknown");

    private final List<AutoCloseable> opened = new ArrayList<>();
    private Logged logged;
    private FakeWorker worker;
    private NatsServer server;
    private Connection direct;
    private String urls;

    @BeforeEach
    void listen() {
        logged = track(Logged.begin());
    }

    @AfterEach
    void stop() throws Exception {
        if (worker != null) {
            worker.stop();
        }
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void leavesNoTraceOfResets() throws Exception {
        resets(single(), 5);
    }

    @Test
    @Tag("faults")
    void leavesNoTraceOfManyResets() throws Exception {
        resets(single(), 20);
    }

    @Test
    @Tag("faults")
    void leavesNoTraceOfManyResetsInACluster() throws Exception {
        resets(replicated(), 20);
    }

    @Test
    void leavesNoTraceOfShortBlackHoles() throws Exception {
        blackHoles(single(), 2);
    }

    @Test
    @Tag("faults")
    void leavesNoTraceOfSeveralShortBlackHoles() throws Exception {
        blackHoles(single(), 5);
    }

    @Test
    @Tag("faults")
    void leavesNoTraceOfSeveralShortBlackHolesInACluster() throws Exception {
        blackHoles(replicated(), 5);
    }

    @Test
    @Tag("faults")
    void sendsAtMostAWindowTwiceAfterALongBlackHole() throws Exception {
        longBlackHole(single());
    }

    @Test
    @Tag("faults")
    void sendsAtMostAWindowTwiceAfterALongBlackHoleInACluster() throws Exception {
        longBlackHole(replicated());
    }

    @Test
    void keepsOrderWhenLeadersAreKilledAndStepDown() throws Exception {
        leaders(1, 2);
    }

    @Test
    @Tag("faults")
    void keepsOrderWhenManyLeadersAreKilled() throws Exception {
        leaders(5, 0);
    }

    @Test
    @Tag("faults")
    void keepsOrderWhenManyLeadersStepDown() throws Exception {
        leaders(0, 10);
    }

    @Test
    void learnsFromTheNextEpochThatABatchHadBegun() throws Exception {
        FaultProxy proxy = single().get(0);
        start(Map.of("publish.mode", "fast", "publish.ack.timeout.ms", "400"));
        feed(POLL);
        worker.drain(PATIENCE);
        proxy.dropAnswers(true);
        worker.offer(POLL);
        worker.until(
                "the link to be given up",
                PATIENCE,
                () -> !logged.lines("no ack for 1200 ms").isEmpty());
        assertThat(stored()).isEqualTo(POLL + 1);

        proxy.dropAnswers(false);
        worker.drain(PATIENCE);

        assertNoTrace();
    }

    /**
     * What a middle box still holds of a dead connection. As long as the batch is open that was begun again under the same
     * id, a late beginning ends it and stores nothing; so no poll is empty here, which would end it before.
     */
    @Test
    @Tag("faults")
    void refusesABeginningThatComesLate() throws Exception {
        single();
        List<FaultProxy> ways = proxies(List.of(server, server));
        start(Map.of("publish.mode", "fast", "publish.ack.timeout.ms", "400", "nats.connect.timeout.ms", "500"));
        feed(POLL);
        worker.drain(PATIENCE);
        FaultProxy held = ways.get(ways.get(0).connections() > 0 ? 0 : 1);
        held.blackHole(true);
        worker.offer(POLL);
        assertThat(stored()).isEqualTo(POLL);

        during(
                () -> {
                    Awaitility.await("a new beginning")
                            .atMost(PATIENCE)
                            .pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(2))
                            .until(() -> stored() > POLL);
                    held.holdToServer(false);
                    awaitMoreStored();
                    held.holdToClient(false);
                    awaitMoreStored();
                    return null;
                },
                () -> {
                    worker.offer(POLL);
                    LockSupport.parkNanos(PACE_NANOS);
                });
        worker.drain(PATIENCE);

        // Its final answer goes to the inbox of the late beginning, so what followed is of unknown outcome.
        StreamReport report = tally().report(List.of(worker.consumed()));
        report.assertOrderedAtLeastOnce();
        assertThat(report.duplicated()).isLessThanOrEqualTo(saidUnknown());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Tag("faults")
    void keepsOrderWhereverItIsCut(long seed) throws Exception {
        cutsAtAnyMoment(single(), seed, 150);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    @Tag("faults")
    void keepsOrderWhereverItIsCutInACluster(long seed) throws Exception {
        cutsAtAnyMoment(replicated(), seed, 100);
    }

    @Test
    void rejectsInOrderWhatTheStreamRefusesInTheMiddleOfABatch() throws Exception {
        single();
        start(Map.of("publish.mode", "fast"));
        feed(10 * POLL);
        update(stream(1).maximumMessageSize(1_000).allowBatched());
        List<Integer> large = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            feed(3 * POLL);
            large.add((int) worker.consumed());
            worker.offerLarge(2_000);
        }
        feed(3 * POLL);
        worker.drain(PATIENCE);

        assertThat(worker.rejected).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(worker.rejected.get(i)).startsWith(large.get(i) + ": ");
        }
        // The first one hit a stale limit, and the server said so.
        assertThat(worker.rejected.get(0)).contains("10054");
        assertThat(sequences())
                .containsExactlyElementsOf(LongStream.range(0, worker.consumed())
                        .filter(number -> !large.contains((int) number))
                        .boxed()
                        .toList());
    }

    @Test
    void goesOnWithoutBatchesWhileTheStreamDoesNotAllowThem() throws Exception {
        List<FaultProxy> proxies = single();
        switchOff(1);
        // A single server stores one message after the other, so what its first refusal means is known.
        tally().assertClean(List.of(worker.consumed()));
        switchOn(proxies, 1);
    }

    @Test
    @Tag("faults")
    void goesOnWithoutBatchesWhileTheStreamDoesNotAllowThemInACluster() throws Exception {
        List<FaultProxy> proxies = replicated();
        switchOff(3);
        assertThat(tally().report(List.of(worker.consumed())).lost()).isZero();
        switchOn(proxies, 3);
    }

    @ParameterizedTest
    @CsvSource({
        "V2_9,  false, 'asynchronous publishes, one ack each (no fast-ingest: nats-server 2.9.'",
        "V2_10, false, 'asynchronous publishes, one ack each (no fast-ingest: nats-server 2.10.'",
        "V2_15, false, 'asynchronous publishes, one ack each (no fast-ingest: stream orders does not allow it'",
        "V2_15, true,  'fast-ingest batches into stream orders'"
    })
    void findsTheModeThatServerAndStreamOffer(NatsBinary version, boolean batches, String said) throws Exception {
        NatsServer nats = track(NatsServer.builder().version(version).start());
        direct = track(nats.connect());
        StreamConfiguration.Builder stream = stream(1);
        direct.jetStreamManagement().addStream((batches ? stream.allowBatched() : stream).build());
        start(nats.url(), Map.of());
        feed(10 * POLL);
        worker.drain(PATIENCE);
        feed(POLL);
        worker.drain(PATIENCE);

        tally().assertClean(List.of(worker.consumed()));
        assertThat(logged.lines("publishes with"))
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("INFO ").contains(said));
    }

    private void resets(List<FaultProxy> proxies, int times) throws Exception {
        start(Map.of("publish.mode", "fast"));
        feedDuring(() -> {
            for (int i = 0; i < times; i++) {
                awaitMoreStored();
                proxies.forEach(FaultProxy::reset);
            }
            awaitMoreStored();
            return null;
        });
        worker.drain(PATIENCE);

        assertNoTrace();
        assertThat(logged.lines("no working link")).isNotEmpty();
    }

    private void blackHoles(List<FaultProxy> proxies, int times) throws Exception {
        start(Map.of("publish.mode", "fast", "publish.ack.timeout.ms", "1000"));
        feedDuring(() -> {
            for (int i = 0; i < times; i++) {
                awaitMoreStored();
                blackHole(proxies, Duration.ofMillis(2_000));
            }
            awaitMoreStored();
            return null;
        });
        worker.drain(PATIENCE);

        assertNoTrace();
    }

    /**
     * A trickle, so that batches begin and end all the time, with commits in between, and connections that are cut at any
     * moment, also while the one before is made good: now outcomes do get lost, but never a record nor its place.
     */
    private void cutsAtAnyMoment(List<FaultProxy> proxies, long seed, int cuts) throws Exception {
        start(Map.of("publish.mode", "fast", "publish.ack.timeout.ms", "500"));
        Random random = new Random(seed);
        AtomicInteger done = new AtomicInteger();
        ScheduledExecutorService injector = Executors.newSingleThreadScheduledExecutor();
        opened.add(injector::shutdownNow);
        injector.scheduleWithFixedDelay(
                () -> {
                    for (FaultProxy proxy : proxies) {
                        proxy.dropAnswers(random.nextInt(4) == 0);
                        proxy.holdToServer(random.nextInt(6) == 0);
                        proxy.holdToClient(random.nextInt(6) == 0);
                        if (random.nextInt(3) > 0) {
                            proxy.reset();
                        }
                    }
                    done.incrementAndGet();
                },
                50,
                150,
                TimeUnit.MILLISECONDS);
        Random load = new Random(seed + 1);
        while (done.get() < cuts) {
            feed(1 + load.nextInt(30));
            if (load.nextBoolean()) {
                worker.poll();
            }
            if (load.nextInt(10) == 0) {
                worker.committable();
            }
        }
        injector.shutdownNow();
        injector.awaitTermination(10, TimeUnit.SECONDS);
        proxies.forEach(proxy -> {
            proxy.dropAnswers(false);
            proxy.blackHole(false);
        });
        worker.drain(PATIENCE);

        StreamReport report = tally().report(List.of(worker.consumed()));
        report.assertOrderedAtLeastOnce();
        // Or its first message was there, which nobody said, and its second end, too.
        assertThat(report.duplicated()).isLessThanOrEqualTo(saidUnknown() + cuts);
        LoggerFactory.getLogger(FastFaultsIT.class)
                .info(
                        "{} epochs, {} said to be open, {}",
                        logged.lines("connected to").size(),
                        saidUnknown(),
                        report);
    }

    private void switchOff(int replicas) throws Exception {
        start(Map.of());
        feedDuring(() -> {
            awaitMoreStored();
            update(stream(replicas));
            awaitMoreStored();
            return null;
        });
        worker.drain(PATIENCE);

        assertThat(modes()).containsExactly("fast-ingest", "asynchronous");
    }

    private void switchOn(List<FaultProxy> proxies, int replicas) throws Exception {
        feedDuring(() -> {
            update(stream(replicas).allowBatched());
            awaitMoreStored();
            proxies.forEach(FaultProxy::reset);
            awaitMoreStored();
            return null;
        });
        worker.drain(PATIENCE);

        assertThat(modes()).containsExactly("fast-ingest", "asynchronous", "fast-ingest");
        // Asynchronous publishes were cut: what was not acked was sent again.
        assertThat(tally().report(List.of(worker.consumed())).lost()).isZero();
    }

    private void longBlackHole(List<FaultProxy> proxies) throws Exception {
        start(Map.of("publish.mode", "fast"));
        feedDuring(() -> {
            awaitMoreStored();
            blackHole(proxies, Duration.ofSeconds(30));
            awaitMoreStored();
            return null;
        });
        worker.drain(PATIENCE);

        StreamReport report = tally().report(List.of(worker.consumed()));
        report.assertOrderedAtLeastOnce();
        assertThat(report.duplicated()).isLessThanOrEqualTo(WINDOW);
    }

    private void leaders(int kills, int stepDowns) throws Exception {
        NatsCluster cluster = track(NatsCluster.start());
        direct = track(cluster.connect());
        direct.jetStreamManagement().addStream(stream(3).allowBatched().build());
        start(String.join(",", cluster.urls()), Map.of("publish.mode", "fast"));
        feedDuring(() -> {
            for (int i = 0; i < stepDowns; i++) {
                awaitMoreStored();
                cluster.stepDown(STREAM);
            }
            for (int i = 0; i < kills; i++) {
                awaitMoreStored();
                NatsServer leader = cluster.streamLeader(STREAM);
                leader.kill9();
                awaitMoreStored();
                leader.restart();
                leader.awaitHealthy();
            }
            awaitMoreStored();
            return null;
        });
        worker.drain(PATIENCE);

        StreamReport report = tally().report(List.of(worker.consumed()));
        report.assertOrderedAtLeastOnce();
        if (kills == 0) {
            // Where the final count was learnt, nothing is sent twice; where it was not, that is said.
            assertThat(report.duplicated()).isLessThanOrEqualTo(saidUnknown());
        }
    }

    private List<FaultProxy> single() throws Exception {
        server = track(NatsServer.start());
        direct = track(server.connect());
        direct.jetStreamManagement().addStream(stream(1).allowBatched().build());
        return proxies(List.of(server));
    }

    private List<FaultProxy> replicated() throws Exception {
        NatsCluster cluster = track(NatsCluster.startUnannounced());
        direct = track(cluster.connect());
        direct.jetStreamManagement().addStream(stream(3).allowBatched().build());
        return proxies(IntStream.range(0, 3).mapToObj(cluster::server).toList());
    }

    private List<FaultProxy> proxies(List<NatsServer> servers) {
        List<FaultProxy> proxies = servers.stream().map(FaultProxy::to).toList();
        proxies.forEach(this::track);
        urls = proxies.stream().map(FaultProxy::url).collect(Collectors.joining(","));
        return proxies;
    }

    private void start(Map<String, String> more) {
        start(urls, more);
    }

    private void start(String servers, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name", "fast",
                "topics", STREAM,
                "nats.servers", servers,
                "jetstream.stream", STREAM,
                "errors.tolerance", "all"));
        config.putAll(more);
        worker = new FakeWorker(STREAM, new NatsJetStreamSinkTask());
        worker.start(config);
    }

    private void feed(int records) {
        for (int left = records; left > 0; left -= POLL) {
            worker.feed(Math.min(POLL, left));
            LockSupport.parkNanos(PACE_NANOS);
        }
    }

    /** Feeds the task while another thread does this. */
    private void feedDuring(Callable<Void> faults) throws Exception {
        during(faults, () -> feed(POLL));
    }

    private static void during(Callable<Void> faults, Runnable load) throws Exception {
        ExecutorService injector = Executors.newSingleThreadExecutor();
        try {
            Future<Void> done = injector.submit(faults);
            while (!done.isDone()) {
                load.run();
            }
            done.get();
        } finally {
            injector.shutdownNow();
        }
    }

    private static void blackHole(List<FaultProxy> proxies, Duration length) {
        proxies.forEach(proxy -> proxy.blackHole(true));
        long begin = System.nanoTime();
        Awaitility.await("the end of the black hole")
                .pollInterval(Duration.ofMillis(10))
                .atMost(length.plusSeconds(10))
                .until(() -> System.nanoTime() - begin >= length.toNanos());
        proxies.forEach(proxy -> proxy.blackHole(false));
    }

    private void update(StreamConfiguration.Builder stream) throws Exception {
        direct.jetStreamManagement().updateStream(stream.build());
    }

    private long stored() throws Exception {
        return direct.jetStreamManagement()
                .getStreamInfo(STREAM)
                .getStreamState()
                .getMsgCount();
    }

    /** Waits until records flow: several acks' worth from now on. */
    private void awaitMoreStored() {
        AtomicLong before = new AtomicLong(-1);
        Awaitility.await("records to flow")
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptions()
                .until(() -> {
                    long now = stored();
                    before.compareAndSet(-1, now);
                    return now >= before.get() + BETWEEN;
                });
    }

    private StreamTally tally() {
        return StreamChecker.read(direct, STREAM);
    }

    private List<Long> sequences() {
        return tally().entries().stream().map(entry -> entry.sequence()).toList();
    }

    private void assertNoTrace() {
        assertThat(saidUnknown()).as("messages of unknown outcome").isZero();
        tally().assertClean(List.of(worker.consumed()));
    }

    /** How many messages were said to be sent again although they may be there. */
    private long saidUnknown() {
        return logged.lines().stream()
                .map(UNKNOWN::matcher)
                .filter(Matcher::find)
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }

    private List<String> modes() {
        return logged.lines("publishes with").stream()
                .map(line -> line.replaceAll(".*publishes with (\\S+).*", "$1"))
                .toList();
    }

    private static StreamConfiguration.Builder stream(int replicas) {
        return StreamConfiguration.builder().name(STREAM).subjects(STREAM).replicas(replicas);
    }

    private <T extends AutoCloseable> T track(T resource) {
        opened.add(resource);
        return resource;
    }
}
