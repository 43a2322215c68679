package io.jetsink.publish.once;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class MarkerSubjectsTest {
    @Test
    void giveEachPartitionASubjectOfItsOwn() {
        MarkerSubjects subjects = MarkerSubjects.inStream("jetsink.offsets", "orders");

        assertThat(subjects.of(new TopicPartition("in_1-a", 12))).isEqualTo("jetsink.offsets.orders.in_1-a.12");
        assertThat(subjects.filter()).isEqualTo("jetsink.offsets.orders.>");
    }

    @Test
    void areKeysInABucket() {
        MarkerSubjects subjects = MarkerSubjects.inBucket("prices", "jetsink.offsets", "a.b");

        assertThat(subjects.of(new TopicPartition("x.ü", 3)))
                .isEqualTo("$KV.prices.jetsink.offsets.a=2Eb.x=2E=C3=BC.3");
        assertThat(subjects.filter()).isEqualTo("$KV.prices.jetsink.offsets.a=2Eb.>");
    }

    @Test
    void keepANameInOneToken() {
        MarkerSubjects subjects = MarkerSubjects.inStream("m", "a.b *>ü%2E\"");

        assertThat(subjects.of(new TopicPartition("x.y", 0))).isEqualTo("m.a%2Eb%20%2A%3E%C3%BC%252E%22.x%2Ey.0");
    }
}
