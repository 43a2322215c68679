package io.jetsink.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jetsink.nats.ReplyReader;
import io.jetsink.publish.preflight.PreflightStrategyTest;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.Options;
import io.nats.client.Subscription;
import io.nats.client.api.ServerInfo;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.nats.client.support.Status;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A connection that keeps what is sent, and through which a test answers. */
public final class FakeConnection {
    public final List<Sent> sent = new ArrayList<>();
    /** What is subscribed now. */
    public final List<String> subscribed = new ArrayList<>();
    /** Requests whose answer is not waited for, and their answers. */
    final List<String> requests = new ArrayList<>();

    public final List<CompletableFuture<Message>> replies = new ArrayList<>();
    /** Thrown by the next publishes and requests, if not null. */
    public RuntimeException refusal;
    /** Called for each message sent. */
    public Consumer<Sent> server = message -> {};
    /** What is found when the stream is looked up; null: nobody answers. */
    public StreamConfiguration stream;

    /** What a probe is answered with; null: nobody takes its subject. */
    public String probed;
    /** What comes to a probe before that. */
    public List<String> probeAnswers = List.of();
    /** Where probes went. */
    public final List<String> probes = new ArrayList<>();

    /** The answer to a request that is waited for; null: there is none. */
    public String answer;
    /** Subjects of requests that are waited for. */
    public final List<String> asked = new ArrayList<>();

    /** The cluster that the server is in, or null. */
    public String cluster;

    public long maxPayload = 1000;
    public String serverVersion = "2.15.1";
    public int lookUps;
    /** Called while a PONG is waited for. */
    Runnable flush = () -> {};

    /** The latest error that the server has reported, or null. */
    public String lastError;

    public Connection.Status status = Connection.Status.CONNECTED;

    private final List<MessageHandler> handlers = new ArrayList<>();
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final ReplyReader reader = new ReplyReader();
    private Options options = Options.builder().readListener(reader).build();

    public record Sent(String subject, String reply, int size) {
        /** {@code <flow>.<gap>.<sequence>.<operation>.$FI} of the reply subject. */
        public String tail() {
            List<String> tokens = Stream.of(reply.split("\\.")).toList();
            return String.join(".", tokens.subList(tokens.size() - 5, tokens.size()));
        }

        public String batch() {
            List<String> tokens = Stream.of(reply.split("\\.")).toList();
            return tokens.get(tokens.size() - 6);
        }
    }

    public void inboxPrefix(String prefix) {
        options = Options.builder().readListener(reader).inboxPrefix(prefix).build();
    }

    public Sent last() {
        return sent.get(sent.size() - 1);
    }

    public Connection connection() {
        return fake(Connection.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getOptions" -> options;
            case "getMaxPayload" -> maxPayload;
            case "getServerInfo" ->
                new ServerInfo("INFO {\"server_id\":\"S\",\"version\":\"" + serverVersion + "\",\"max_payload\":1000"
                        + (cluster == null ? "}" : ",\"cluster\":\"" + cluster + "\"}"));
            case "flush" -> {
                flush.run();
                yield null;
            }
            case "getStatus" -> status;
            case "getLastError" -> lastError;
            case "jetStream" -> fake(JetStream.class, FakeConnection::unexpected);
            case "createInbox" -> "_INBOX.own";
            case "jetStreamManagement" -> fake(JetStreamManagement.class, this::manage);
            case "subscribe" -> subscription((String) arguments[0]);
            case "createDispatcher" -> dispatcher((MessageHandler) arguments[0]);
            case "closeDispatcher" -> {
                handlers.remove(handlers.size() - 1);
                yield null;
            }
            case "publish" -> {
                if (arguments[2] != null && ((Headers) arguments[2]).containsKey("Nats-Expected-Stream")) {
                    probe((String) arguments[0], (String) arguments[1]);
                    yield null;
                }
                publish((String) arguments[0], (String) arguments[1], (byte[]) arguments[3]);
                yield null;
            }
            case "request" -> {
                asked.add((String) arguments[0]);
                yield answer == null ? null : answerMessage("reply", answer, null, null);
            }
            case "requestWithTimeout" ->
                isLookUp(arguments) ? lookUp((String) arguments[0]) : request((String) arguments[0]);
            default -> unexpected(proxy, method, arguments);
        });
    }

    private void probe(String subject, String reply) {
        probes.add(subject);
        if (probed == null) {
            status(reply, 503, "No Responders");
        } else {
            probeAnswers.forEach(answer -> answer(reply, answer));
            answer(reply, probed);
        }
    }

    private CompletableFuture<Message> request(String subject) {
        if (refusal != null) {
            throw refusal;
        }
        requests.add(subject);
        replies.add(new CompletableFuture<>());
        return replies.get(replies.size() - 1);
    }

    /** Answers the latest look-up that is not waited for. */
    public void found(StreamConfiguration configuration) {
        replies.get(replies.size() - 1).complete(message("reply", info(configuration)));
    }

    /** Answers a probe that is not waited for: this stream captures its subject. */
    void captured(int request, String stream) {
        replies.get(request).complete(message("reply", PreflightStrategyTest.refusal(stream)));
    }

    /** Nothing is subscribed to the subject of a request. */
    void nobody(int request) {
        replies.get(request).cancel(true);
    }

    private Object manage(Object proxy, Method method, Object[] arguments) {
        return method.getName().equals("getStreamInfo")
                ? new StreamInfo(message("reply", info(stream)))
                : unexpected(proxy, method, arguments);
    }

    /** Whether the request is one of those that are waited for, which have a body and no headers. */
    private static boolean isLookUp(Object[] arguments) {
        return arguments.length == 3 && arguments[1] != null;
    }

    private CompletableFuture<Message> lookUp(String subject) {
        lookUps++;
        if (stream == null) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }
        return CompletableFuture.completedFuture(message(
                "reply",
                subject.contains("STREAM.NAMES") ? "{\"streams\":[\"" + stream.getName() + "\"]}" : info(stream)));
    }

    private static String info(StreamConfiguration configuration) {
        return "{\"config\":" + configuration.toJson()
                + ",\"created\":\"2026-01-01T00:00:00Z\",\"state\":{\"messages\":0}}";
    }

    private static Message message(String subject, String json) {
        return NatsMessage.builder().subject(subject).data(json).build();
    }

    /** The server's answer on this reply subject. */
    public void answer(String reply, String json) {
        hand(reply, json, null);
    }

    public void error(String reply, int code) {
        answer(reply, error(code));
    }

    /** As an answer of the stream ORDERS. */
    static String error(int code) {
        return "{\"error\":{\"code\":400,\"err_code\":" + code
                + ",\"description\":\"no\"},\"stream\":\"ORDERS\",\"seq\":0}";
    }

    public void status(String reply, int code, String text) {
        hand(reply, "", new Status(code, text));
    }

    private void hand(String reply, String json, Status status) {
        if (subscribed.stream().noneMatch(filter -> matches(filter, reply))) {
            return;
        }
        try {
            for (Subscription subscription : subscriptions) {
                if (matches(subscription.getSubject(), reply)) {
                    reader.message("MSG", answerMessage(reply, json, status, subscription));
                    return;
                }
            }
            handlers.get(handlers.size() - 1).onMessage(answerMessage(reply, json, status, null));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean matches(String filter, String subject) {
        return subject.startsWith(filter.replaceAll("[*>]$", ""));
    }

    /** What a client makes of a status from the server. */
    public Message statusMessage(String reply, int code, String text) {
        return answerMessage(reply, "", new Status(code, text), null);
    }

    private static Message answerMessage(String reply, String json, Status status, Subscription subscription) {
        return fake(Message.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getSubject" -> reply;
            case "getSubscription" -> subscription;
            case "getData" -> json.getBytes(UTF_8);
            case "isStatusMessage" -> status != null;
            case "getStatus" -> status;
            default -> unexpected(proxy, method, arguments);
        });
    }

    private void publish(String subject, String reply, byte[] payload) {
        if (refusal != null) {
            throw refusal;
        }
        Sent message = new Sent(subject, reply, payload.length);
        sent.add(message);
        server.accept(message);
    }

    private Subscription subscription(String filter) {
        subscribed.add(filter);
        Subscription subscription = fake(Subscription.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getSubject" -> filter;
            case "nextMessage" -> null;
            case "hashCode" -> filter.hashCode();
            case "equals" -> proxy == arguments[0];
            case "unsubscribe" -> {
                subscribed.remove(filter);
                subscriptions.remove(proxy);
                yield null;
            }
            default -> unexpected(proxy, method, arguments);
        });
        // The latest is the first that matches.
        subscriptions.add(0, subscription);
        return subscription;
    }

    private Dispatcher dispatcher(MessageHandler handler) {
        handlers.add(handler);
        return fake(Dispatcher.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "setPendingLimits" -> null;
            case "subscribe" -> {
                subscribed.add((String) arguments[0]);
                yield proxy;
            }
            case "unsubscribe" -> {
                subscribed.remove((String) arguments[0]);
                yield proxy;
            }
            default -> unexpected(proxy, method, arguments);
        });
    }

    private static Object unexpected(Object proxy, Method method, Object[] arguments) {
        throw new AssertionError("unexpected " + method);
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
