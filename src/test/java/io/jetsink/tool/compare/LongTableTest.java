package io.jetsink.tool.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class LongTableTest {
    @Test
    void holdsWhatAMapHolds() {
        SplittableRandom random = new SplittableRandom(12);
        LongTable table = new LongTable();
        Map<Long, Long> map = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            // Some keys twice, some next to each other, and all signs.
            long key = i % 3 == 0 ? random.nextLong(50_000) : random.nextLong();
            long value = random.nextLong(Long.MAX_VALUE);
            table.put(key, value);
            map.put(key, value);
        }

        assertThat(table.size()).isEqualTo(map.size());
        map.forEach((key, value) -> assertThat(table.get(key)).isEqualTo(value));
        assertThat(table.get(-50_001)).isEqualTo(map.getOrDefault(-50_001L, LongTable.NONE));
    }

    @Test
    void zeroIsAKeyAndAValue() {
        LongTable table = new LongTable();
        assertThat(table.get(0)).isEqualTo(LongTable.NONE);

        table.put(0, 0);

        assertThat(table.get(0)).isZero();
        assertThat(table.get(1)).isEqualTo(LongTable.NONE);
    }

    @Test
    void chunksHoldWhatWasAdded() {
        LongChunks chunks = new LongChunks();
        for (int i = 0; i < 100_000; i++) {
            chunks.add(3L * i);
        }
        chunks.set(40_000, -1);

        assertThat(chunks.size()).isEqualTo(100_000);
        assertThat(chunks.get(0)).isZero();
        assertThat(chunks.get(40_000)).isEqualTo(-1);
        assertThat(chunks.get(99_999)).isEqualTo(299_997);
    }
}
