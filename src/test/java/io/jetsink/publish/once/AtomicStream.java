package io.jetsink.publish.once;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamReply;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.StreamRequests;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import io.nats.client.support.Status;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A stream as exactly-once sees it, in memory: batches, markers, refusals, and the faults that are asked for. */
public final class AtomicStream {
    public static final TargetStream TARGET = new TargetStream(
            "S",
            StreamConfiguration.builder()
                    .name("S")
                    .subjects(">")
                    .allowAtomicPublish()
                    .allowRollup(true)
                    .build(),
            "$JS.API.");

    private static final AckSource SOURCE = new AckSource("S", "");

    /** What happens to a request that changes the stream. */
    enum Fault {
        NONE,
        /** Never arrives. */
        LOST,
        /** Stored, and nobody hears of it. */
        ACK_LOST,
        /** Stored, and the answer is still to come. */
        SILENT,
        /** Arrives at some later time. */
        LATE,
        /** As on a cluster: counts for what is refused at once, and is stored at some later time. */
        PROPOSED,
        /** "no responders". */
        UNAVAILABLE,
        /** No room: refused for certain. */
        FULL
    }

    record Stored(long sequence, String subject, Headers headers, byte[] payload) {}

    /** Records only. */
    public final List<Stored> records = new ArrayList<>();

    final Map<String, Stored> markers = new HashMap<>();
    /** Sequences that count for refusals. */
    private final Map<String, Long> expected = new HashMap<>();

    private final Map<String, List<Stored>> open = new HashMap<>();
    private final Set<String> forgotten = new HashSet<>();
    private final Deque<Runnable> later = new ArrayDeque<>();
    private long sequence;

    Supplier<Fault> faults = () -> Fault.NONE;
    /** How many messages a batch may have. */
    int maxBatch = 1000;
    /** A batch that holds a record with this payload is refused. */
    String refused = "bad";
    /** Whether the stream allows rollups, which markers are. */
    boolean rollups = true;
    /** Whether that message itself is refused, or the batch as a whole. */
    boolean refusesMembers = true;

    /** Under which subject a marker is stored and checked, if not under its own. */
    UnaryOperator<String> mapping = subject -> subject;
    /** As STREAM.INFO has it. */
    StreamConfiguration configuration = TARGET.configuration();
    /** The stream's max_msg_size, for markers. */
    int maxMessageSize = Integer.MAX_VALUE;

    boolean readsFail;
    /** Whether answers are on their way until {@link #arrive}. */
    boolean faraway;

    private final Deque<Runnable> answers = new ArrayDeque<>();
    int commits;
    /** Messages of batches, markers included. */
    int members;

    /** Of their payloads. */
    long bytes;

    int claims;

    /** A round trip is over: what was answered before is there. */
    void arrive() {
        for (int left = answers.size(); left > 0; left--) {
            answers.remove().run();
        }
    }

    /** How many answers are on their way. */
    int underway() {
        return answers.size();
    }

    private <T> CompletableFuture<T> answered(CompletableFuture<T> answer) {
        if (!faraway) {
            return answer;
        }
        CompletableFuture<T> later = new CompletableFuture<>();
        answers.add(() -> answer.whenComplete((value, why) -> {
            if (why == null) {
                later.complete(value);
            } else {
                later.completeExceptionally(why);
            }
        }));
        return later;
    }

    /** A marker's header. */
    String marker(String subject, String header) {
        return markers.get(subject).headers.getFirst(header);
    }

    /** Up to where a partition is in the stream, by its marker; -1 without one. */
    long lastOffset(String subject) {
        return markers.containsKey(subject) ? Long.parseLong(marker(subject, "Jetsink-Offset")) : -1;
    }

    void purgeMarkers() {
        markers.clear();
        expected.replaceAll((subject, sequence) -> 0L);
    }

    void purgeMarker(String subject) {
        markers.remove(subject);
        expected.put(subject, 0L);
    }

    /** How many messages are there that wait for their commit. */
    int staged() {
        return open.values().stream().mapToInt(List::size).sum();
    }

    /** As a server does in the end, and a new leader at once. */
    void forgetStaged() {
        forgotten.addAll(open.keySet());
        open.clear();
    }

    /** What was late or proposed arrives. */
    void settle() {
        for (Runnable next = later.poll(); next != null; next = later.poll()) {
            next.run();
        }
    }

    /** One of the connections that lead here. */
    public final class Link {
        boolean closed;

        public Connection connection() {
            return fake(Connection.class, (proxy, method, arguments) -> {
                String name = method.getName();
                if (!name.equals("getMaxPayload")) {
                    throwIfClosed();
                }
                return switch (name) {
                    case "getMaxPayload" -> 1_000_000L;
                    case "publish" -> {
                        member((String) arguments[0], (Headers) arguments[1], (byte[]) arguments[2]);
                        yield null;
                    }
                    case "requestWithTimeout" -> answered(ask((String) arguments[0], (byte[]) arguments[1]));
                    default -> throw new AssertionError("unexpected " + method);
                };
            });
        }

        public StreamRequests requests() {
            return new StreamRequests() {
                @Override
                public CompletableFuture<JetStreamReply> request(
                        String subject, Headers headers, byte[] payload, Predicate<JetStreamReply> expected) {
                    throwIfClosed();
                    if (expected == null) {
                        JetStreamReply answer =
                                SOURCE.read(member(subject, headers, payload).join(), false);
                        return answer.kind() == JetStreamReply.Kind.REFUSED
                                ? CompletableFuture.completedFuture(answer)
                                : new CompletableFuture<>();
                    }
                    boolean batch = headers.containsKey("Nats-Batch-Id");
                    CompletableFuture<Message> answer =
                            answered(batch ? commit(subject, headers, payload) : claim(subject, headers, payload));
                    return answer.thenApply(message -> {
                        JetStreamReply read = SOURCE.read(message, false);
                        if (read.isForeign() || !expected.test(read)) {
                            throw new AssertionError("not to be believed: " + message);
                        }
                        return read;
                    });
                }
            };
        }

        private void throwIfClosed() {
            if (closed) {
                throw new IllegalStateException("Connection is Closed");
            }
        }
    }

    private CompletableFuture<Message> member(String subject, Headers headers, byte[] payload) {
        members++;
        bytes += payload.length;
        List<Stored> batch = open.computeIfAbsent(headers.getFirst("Nats-Batch-Id"), id -> new ArrayList<>());
        batch.add(new Stored(0, subject, headers, payload));
        int sequence = Integer.parseInt(headers.getFirst("Nats-Batch-Sequence"));
        if (batch.size() != sequence && !forgotten.contains(headers.getFirst("Nats-Batch-Id"))) {
            throw new AssertionError("a gap in a batch");
        }
        return completed(refusesMembers && isRefused(payload) ? error(10054, "message size exceeds maximum") : "");
    }

    private boolean isRefused(byte[] payload) {
        return new String(payload, UTF_8).equals(refused);
    }

    private CompletableFuture<Message> commit(String subject, Headers headers, byte[] payload) {
        member(subject, headers, payload);
        String id = headers.getFirst("Nats-Batch-Id");
        List<Stored> batch = open.remove(id);
        commits++;
        if (forgotten.contains(id)) {
            return completed(error(10176, "atomic publish batch is incomplete"));
        }
        return change(batch);
    }

    private CompletableFuture<Message> claim(String subject, Headers headers, byte[] payload) {
        claims++;
        return change(List.of(new Stored(0, subject, headers, payload)));
    }

    private CompletableFuture<Message> change(List<Stored> batch) {
        Stored marker = batch.get(batch.size() - 1);
        if (marker.headers.serializedLength() + marker.payload.length > maxMessageSize) {
            return completed(error(10054, "message size exceeds maximum allowed"));
        }
        Fault fault = faults.get();
        return switch (fault) {
            case LOST -> timeout();
            case FULL -> completed(error(10077, "maximum messages exceeded"));
            case UNAVAILABLE -> completed("503");
            case LATE -> {
                later.add(() -> {
                    if (refusal(batch) == null) {
                        store(batch);
                    }
                });
                yield timeout();
            }
            default -> change(batch, fault);
        };
    }

    private CompletableFuture<Message> change(List<Stored> batch, Fault fault) {
        String refusal = refusal(batch);
        if (refusal != null) {
            return fault == Fault.ACK_LOST ? timeout() : completed(refusal);
        }
        if (fault == Fault.PROPOSED) {
            batch.stream().filter(AtomicStream::isMarker).forEach(marker -> expected.put(marker.subject, -1L));
            later.add(() -> store(batch));
            return timeout();
        }
        store(batch);
        if (fault == Fault.SILENT) {
            return new CompletableFuture<>();
        }
        return fault == Fault.ACK_LOST ? timeout() : completed(ack(batch));
    }

    private String ack(List<Stored> batch) {
        String id = batch.get(0).headers.getFirst("Nats-Batch-Id");
        return "{\"stream\":\"S\",\"seq\":" + sequence
                + (id == null ? "}" : ",\"batch\":\"" + id + "\",\"count\":" + batch.size() + "}");
    }

    private String refusal(List<Stored> batch) {
        if (batch.size() > maxBatch) {
            return error(10199, "atomic publish batch is too large");
        }
        if (batch.stream().anyMatch(message -> isRefused(message.payload))) {
            return refusesMembers
                    ? error(10176, "atomic publish batch is incomplete")
                    : error(10165, "invalid per-message TTL");
        }
        Set<String> subjects = new HashSet<>();
        for (Stored message : batch) {
            if (!rollups && message.headers.containsKey("Nats-Rollup")) {
                return error(10111, "rollup not permitted");
            }
            if (!subjects.add(message.subject) && message.headers.containsKey("Nats-Rollup")) {
                return error(10111, "batch rollup sub invalid");
            }
            String wanted = message.headers.getFirst("Nats-Expected-Last-Subject-Sequence");
            long found = expected.getOrDefault(mapping.apply(message.subject), 0L);
            if (wanted != null && Long.parseLong(wanted) != found) {
                return error(10071, "wrong last sequence: " + found);
            }
        }
        return null;
    }

    private void store(List<Stored> batch) {
        for (Stored message : batch) {
            boolean marker = isMarker(message);
            String subject = marker ? mapping.apply(message.subject) : message.subject;
            Stored stored = new Stored(++sequence, subject, message.headers, message.payload);
            if (marker) {
                markers.put(stored.subject, stored);
                expected.put(stored.subject, sequence);
            } else {
                records.add(stored);
            }
        }
    }

    private CompletableFuture<Message> ask(String subject, byte[] request) {
        if (subject.contains("STREAM.INFO")) {
            return completed("{\"config\":" + configuration.toJson()
                    + ",\"created\":\"2026-01-01T00:00:00Z\",\"state\":{\"last_seq\":" + sequence + "}}");
        }
        return read(new String(request, UTF_8));
    }

    private CompletableFuture<Message> read(String request) {
        if (readsFail) {
            return timeout();
        }
        Stored stored = request.startsWith("{\"seq\":")
                ? next(Long.parseLong(request.substring(7, request.indexOf(','))))
                : markers.get(request.split("\"")[3]);
        if (stored == null) {
            return completed(error(10037, "no message found"));
        }
        return CompletableFuture.completedFuture(answer(stored));
    }

    /** What a stream answers with this message. */
    static Message answer(Stored stored) {
        String headers = stored.headers.keySet().stream()
                .map(name -> name + ": " + stored.headers.getFirst(name) + "\r\n")
                .collect(Collectors.joining("", "NATS/1.0\r\n", "\r\n"));
        return answer("{\"message\":{\"subject\":\"" + stored.subject + "\",\"seq\":"
                + stored.sequence + ",\"hdrs\":\""
                + Base64.getEncoder().encodeToString(headers.getBytes(UTF_8)) + "\"}}");
    }

    /** The message at this sequence or the next one behind it. */
    private Stored next(long from) {
        return Stream.concat(records.stream(), markers.values().stream())
                .filter(stored -> stored.sequence >= from)
                .min(Comparator.comparingLong(Stored::sequence))
                .orElse(null);
    }

    private static boolean isMarker(Stored message) {
        return message.headers.containsKey("Jetsink-Marker");
    }

    static String error(int code, String description) {
        return "{\"error\":{\"code\":400,\"err_code\":" + code + ",\"description\":\"" + description + "\"}}";
    }

    private static CompletableFuture<Message> completed(String text) {
        return CompletableFuture.completedFuture(answer(text));
    }

    private static <T> CompletableFuture<T> timeout() {
        return CompletableFuture.failedFuture(new TimeoutException("no answer"));
    }

    static Message answer(String text) {
        boolean status = text.equals("503");
        return fake(Message.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "isStatusMessage" -> status;
            case "getStatus" -> status ? new Status(503, "No Responders") : null;
            case "getData" -> text.getBytes(UTF_8);
            case "toString" -> text;
            default -> throw new AssertionError("unexpected " + method);
        });
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
