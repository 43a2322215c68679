package io.jetsink.metrics;

import io.jetsink.message.ErrorCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/** One counter for each code of the error catalogue that is a reason of a metric. Any thread. */
final class ReasonCounts {
    private final Map<ErrorCode, LongAdder> counts = new EnumMap<>(ErrorCode.class);
    private final ErrorCode otherwise;

    /** @param otherwise the reason that counts for every code that is not a reason of this metric */
    ReasonCounts(ErrorCode.Counted counted, ErrorCode otherwise) {
        ErrorCode.of(counted).forEach(code -> counts.put(code, new LongAdder()));
        this.otherwise = otherwise;
        if (!counts.containsKey(otherwise)) {
            throw new IllegalArgumentException(otherwise + " is not counted as " + counted);
        }
    }

    void add(ErrorCode code) {
        adder(counts.containsKey(code) ? code : otherwise).increment();
    }

    long get(ErrorCode code) {
        return adder(code).sum();
    }

    long total() {
        return counts.values().stream().mapToLong(LongAdder::sum).sum();
    }

    Set<ErrorCode> reasons() {
        return counts.keySet();
    }

    private LongAdder adder(ErrorCode code) {
        return Objects.requireNonNull(counts.get(code), code::id);
    }
}
