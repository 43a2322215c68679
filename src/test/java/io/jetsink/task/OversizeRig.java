package io.jetsink.task;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamPosition;
import io.jetsink.support.stream.StreamTally;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.ObjectStore;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.ObjectInfo;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The connector's task with {@code oversize=object-store}, fed in this JVM, before a real server with a stream and an object
 * store of one name; and what both hold, read with the client's own API.
 */
final class OversizeRig extends TaskRig {
    static final int MB = 1_000_000;

    private static final int CHUNK = 128 * 1024;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final Random random = new Random(4711);
    private final Map<Long, String> digests = new HashMap<>();

    OversizeRig() {
        super("large" + NAMES.incrementAndGet(), Server.SHARED);
        with("subject", name, "oversize", "object-store", "oversize.bucket", name, "publish.ack.timeout.ms", "1000");
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        super.beforeEach(context);
        create(anyMode(name, "jetsink.offsets." + name + ".>"));
        createStore();
    }

    /** Makes the object store on the server that is used now. */
    void createStore() {
        try (Connection connection = connect()) {
            connection
                    .objectStoreManagement()
                    .create(ObjectStoreConfiguration.builder(name).build());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Offers this many records of this size, a poll each. */
    void feed(FakeWorker worker, int records, int size) throws Exception {
        for (int i = 0; i < records; i++) {
            worker.offer("k", value(worker.consumed(), size));
        }
    }

    /** The same records again as from the first on. */
    void replay(FakeWorker worker) {
        worker.seek(0);
        random.setSeed(4711);
    }

    /** As {@link StreamChecker} knows it, and then noise. */
    String value(long offset, int size) throws Exception {
        byte[] noise = new byte[1 + random.nextInt(10_000)];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) ('a' + random.nextInt(26));
        }
        byte[] value = new byte[size];
        for (int at = 0; at < size; at += noise.length) {
            System.arraycopy(noise, 0, value, at, Math.min(noise.length, size - at));
        }
        byte[] head = ("0:" + offset + ":").getBytes(US_ASCII);
        System.arraycopy(head, 0, value, 0, head.length);
        digests.put(offset, digest(value));
        return new String(value, US_ASCII);
    }

    /** The records in the stream, each pointer as the object that it points to. */
    @Override
    StreamTally tally() {
        try (Connection connection = connect()) {
            ObjectStore objects = connection.objectStore(name);
            return StreamChecker.read(connection, name, message -> position(message, objects));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private StreamPosition position(Message message, ObjectStore objects) {
        Headers headers = message.getHeaders();
        boolean points = headers != null && headers.containsKey("Jetsink-Object-Name");
        byte[] value = points ? object(headers, objects) : message.getData();
        String[] head = new String(value, 0, Math.min(20, value.length), US_ASCII).split(":");
        long offset = Long.parseLong(head[1]);
        if (points) {
            assertThat(message.getData()).isEmpty();
            assertThat(headers.getFirst("Jetsink-Object-Size")).isEqualTo(Integer.toString(value.length));
            assertThat(headers.getFirst("Jetsink-Object-Digest"))
                    .isEqualTo(digest(value))
                    .isEqualTo(digests.get(offset));
        }
        return new StreamPosition(Integer.parseInt(head[0]), offset);
    }

    /** As a reader gets it. */
    static byte[] object(Headers pointer, ObjectStore objects) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String object = pointer.getFirst("Jetsink-Object-Name");
        try {
            objects.get(object, bytes);
        } catch (Exception e) {
            throw new AssertionError("object " + object + " cannot be read", e);
        }
        return bytes.toByteArray();
    }

    private static String digest(byte[] value) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(value);
            return "SHA-256=" + Base64.getUrlEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    List<ObjectInfo> objects() throws Exception {
        try (Connection connection = connect()) {
            return connection.objectStore(name).getList();
        }
    }

    /** Ids of the chunks that objects are made of, which an upload makes anew. */
    List<String> ids() throws Exception {
        return objects().stream().map(ObjectInfo::getNuid).sorted().toList();
    }

    static int chunks(int size) {
        return (size + CHUNK - 1) / CHUNK;
    }

    /** Chunks, and a message for each object. */
    long storeMessages() {
        return stored("OBJ_" + name);
    }

    /** Changes a limit of a stream. */
    void limit(String stream, long maxMessages, long maxBytes) {
        ask(streams -> streams.updateStream(
                StreamConfiguration.builder(streams.getStreamInfo(stream).getConfiguration())
                        .discardPolicy(DiscardPolicy.New)
                        .maxMessages(maxMessages)
                        .maxBytes(maxBytes)
                        .build()));
    }
}
