package io.jetsink.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.stream.StreamPosition;
import io.nats.client.impl.NatsMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

final class QuickstartOrdersTest {
    private static final int RECORDS = 500;

    private final QuickstartOrders orders = new QuickstartOrders("orders", 4, RECORDS);

    @Test
    void keepsTheOrdersOfACustomerInOnePartitionAndUsesAllPartitions() {
        try (MockProducer<byte[], byte[]> producer =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer())) {
            orders.produce(producer, RECORDS, 0);

            assertThat(producer.history())
                    .hasSize(RECORDS)
                    .extracting(ProducerRecord::topic)
                    .containsOnly("orders");
        }
        assertThat(orders.perPartition()).hasSize(4).allMatch(count -> count > 0);
        assertThat(orders.perPartition().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(RECORDS);
    }

    @Test
    void recognisesEveryOrderByItsPlaceInItsPartition() {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            records.add(orders.next());
        }

        long[] next = new long[4];
        for (ProducerRecord<byte[], byte[]> record : records) {
            QuickstartOrders.Order order = orders.read(message("orders." + record.partition(), record.value()));

            assertThat(order).isNotNull();
            assertThat(order.position()).isEqualTo(new StreamPosition(record.partition(), next[record.partition()]++));
        }
    }

    @Test
    void disownsAMessageThatItDidNotSendOrThatLiesUnderAnotherSubject() {
        ProducerRecord<byte[], byte[]> record = orders.next();

        assertThat(orders.read(message("orders.9", record.value()))).isNull();
        assertThat(orders.read(message("orders." + record.partition(), bytes("{\"id\":1}"))))
                .isNull();
        assertThat(orders.read(message("orders." + record.partition(), bytes("not json"))))
                .isNull();
    }

    private static NatsMessage message(String subject, byte[] data) {
        return NatsMessage.builder().subject(subject).data(data).build();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
