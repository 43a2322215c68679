package io.jetsink.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.support.Status;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A connection that keeps what is sent, and through which a test answers. */
final class FakeConnection {
    final List<Sent> sent = new ArrayList<>();
    /** What is subscribed now. */
    final List<String> subscribed = new ArrayList<>();
    /** Thrown by the next publishes, if not null. */
    RuntimeException refusal;
    /** Called for each message sent. */
    Consumer<Sent> server = message -> {};

    private final List<MessageHandler> handlers = new ArrayList<>();
    private int inboxes;

    record Sent(String subject, String reply, int size) {
        /** {@code <flow>.<gap>.<sequence>.<operation>.$FI} of the reply subject. */
        String tail() {
            List<String> tokens = Stream.of(reply.split("\\.")).toList();
            return String.join(".", tokens.subList(tokens.size() - 5, tokens.size()));
        }

        String batch() {
            List<String> tokens = Stream.of(reply.split("\\.")).toList();
            return tokens.get(tokens.size() - 6);
        }
    }

    Sent last() {
        return sent.get(sent.size() - 1);
    }

    Connection connection() {
        return fake(Connection.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "createInbox" -> "_INBOX.i" + inboxes++;
            case "getMaxPayload" -> 1000L;
            case "flush" -> null;
            case "createDispatcher" -> dispatcher((MessageHandler) arguments[0]);
            case "closeDispatcher" -> {
                handlers.remove(handlers.size() - 1);
                yield null;
            }
            case "publish" -> {
                publish((String) arguments[0], (String) arguments[1], (byte[]) arguments[3]);
                yield null;
            }
            default -> throw new AssertionError("unexpected " + method);
        });
    }

    /** The server's answer on this reply subject. */
    void answer(String reply, String json) {
        hand(reply, json, null);
    }

    void status(String reply, int code, String text) {
        hand(reply, "", new Status(code, text));
    }

    private void hand(String reply, String json, Status status) {
        Message message = fake(Message.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getSubject" -> reply;
            case "getData" -> json.getBytes(UTF_8);
            case "isStatusMessage" -> status != null;
            case "getStatus" -> status;
            default -> throw new AssertionError("unexpected " + method);
        });
        try {
            handlers.get(handlers.size() - 1).onMessage(message);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void publish(String subject, String reply, byte[] payload) {
        if (refusal != null) {
            throw refusal;
        }
        Sent message = new Sent(subject, reply, payload.length);
        sent.add(message);
        server.accept(message);
    }

    private Dispatcher dispatcher(MessageHandler handler) {
        handlers.add(handler);
        return fake(Dispatcher.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "setPendingLimits" -> null;
            case "subscribe" -> {
                subscribed.add((String) arguments[0]);
                yield proxy;
            }
            default -> throw new AssertionError("unexpected " + method);
        });
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
