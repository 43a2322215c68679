package io.jetsink.task;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.EncodedText;
import io.nats.client.Connection;
import io.nats.client.IterableConsumer;
import io.nats.client.Message;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.impl.Headers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Random names and values of headers, all of them included: each arrives, and decodes back. */
class HeaderFuzzIT {
    private static final String STREAM = "orders";
    private static final List<String> RESERVED = List.of("status", "description", "kv-operation");
    private static final List<String> BEGINNINGS =
            List.of("", "Nats-", "nats-Msg-Id", "NATS-", "Status", "Description", "KV-Operation", "Nat", "x");
    private static final String SPECIAL = "%: \r\n\0\t\u007f\"=é\u00a0\u2028\u202e日";

    @RegisterExtension
    final TaskRig rig = new TaskRig("orders").with("headers.include", "*", "errors.tolerance", "all");

    @Test
    void everyHeaderArrives() throws Exception {
        run(2_000, 1);
    }

    @Test
    @Tag("faults")
    void aMillionHeadersArrive() throws Exception {
        run(700_000, System.nanoTime());
    }

    private void run(int records, long seed) throws Exception {
        rig.create(rig.stream().allowBatched().allowRollup(true).allowMessageTtl());
        FakeWorker worker = rig.start();
        Random written = new Random(seed);
        for (int i = 0; i < records; i++) {
            byte[] value = Integer.toString(i).getBytes(UTF_8);
            worker.offer(new SinkRecord(STREAM, 0, null, null, null, value, i, null, null, headers(written)));
        }
        worker.drain();

        assertThat(worker.rejected).as("seed %d", seed).isEmpty();
        try (Connection connection = rig.connect()) {
            assertArrived(connection, records, seed);
        }
        assertThat(rig.stored()).isEqualTo(records);
    }

    private static void assertArrived(Connection connection, int records, long seed) throws Exception {
        Random read = new Random(seed);
        try (IterableConsumer consumer = connection
                .getStreamContext(STREAM)
                .createOrderedConsumer(new OrderedConsumerConfiguration())
                .iterate()) {
            for (int i = 0; i < records; i++) {
                Message message = Objects.requireNonNull(consumer.nextMessage(TaskRig.PATIENCE));
                assertThat(new String(message.getData(), UTF_8)).isEqualTo(Integer.toString(i));
                assertThat(decoded(message.getHeaders(), expected(headers(read))))
                        .as("record %d of seed %d", i, seed)
                        .isTrue();
            }
        }
    }

    private static ConnectHeaders headers(Random random) {
        ConnectHeaders headers = new ConnectHeaders();
        for (int left = random.nextInt(4); left > 0; left--) {
            String name = BEGINNINGS.get(random.nextInt(BEGINNINGS.size())) + text(random, 8);
            if (random.nextBoolean()) {
                headers.addString(name, text(random, 20));
            } else {
                byte[] bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                headers.addBytes(name, bytes);
            }
        }
        return headers;
    }

    private static String text(Random random, int longest) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(longest); left > 0; left--) {
            switch (random.nextInt(3)) {
                case 0 -> text.append((char) (' ' + random.nextInt(95)));
                case 1 -> text.append(SPECIAL.charAt(random.nextInt(SPECIAL.length())));
                default -> {
                    int any = random.nextInt(Character.MAX_CODE_POINT + 1);
                    text.appendCodePoint(any >= 0xD800 && any <= 0xDFFF ? any - 0x1000 : any);
                }
            }
        }
        return text.toString();
    }

    /** Names as bytes in ISO-8859-1, and the values of each. */
    private static Map<String, List<byte[]>> expected(ConnectHeaders sent) {
        Map<String, List<byte[]>> expected = new HashMap<>();
        for (Header header : sent) {
            String name = header.key();
            String lower = name.toLowerCase(Locale.ROOT);
            if (!name.isEmpty() && !lower.startsWith("nats-") && !RESERVED.contains(lower)) {
                byte[] value =
                        header.value() instanceof byte[] bytes ? bytes : ((String) header.value()).getBytes(UTF_8);
                expected.computeIfAbsent(new String(name.getBytes(UTF_8), ISO_8859_1), key -> new ArrayList<>())
                        .add(value);
            }
        }
        return expected;
    }

    /** Whether these headers decode to those. */
    private static boolean decoded(Headers received, Map<String, List<byte[]>> expected) {
        if (received == null) {
            return expected.isEmpty();
        }
        boolean same = received.size() == expected.size();
        for (Map.Entry<String, List<String>> entry : received.entrySet()) {
            List<byte[]> values =
                    expected.getOrDefault(new String(EncodedText.decode(entry.getKey(), '%'), ISO_8859_1), List.of());
            same &= values.size() == entry.getValue().size();
            for (int i = 0; same && i < values.size(); i++) {
                String value = entry.getValue().get(i);
                same = new String(values.get(i), ISO_8859_1).equals(value)
                        || Arrays.equals(values.get(i), EncodedText.decode(value, '%'));
            }
        }
        return same;
    }
}
