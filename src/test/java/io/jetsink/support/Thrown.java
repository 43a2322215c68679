package io.jetsink.support;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.message.RejectedRecordException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Assertions about what a call throws: its type, and parts of its message. */
public final class Thrown {
    private Thrown() {}

    public static AbstractThrowableAssert<?, ? extends Throwable> assertRejected(
            ThrowingCallable call, String... parts) {
        return assertThrown(RejectedRecordException.class, call, parts);
    }

    public static AbstractThrowableAssert<?, ? extends Throwable> assertThrown(
            Class<? extends Throwable> type, ThrowingCallable call, String... parts) {
        AbstractThrowableAssert<?, ? extends Throwable> thrown =
                assertThatThrownBy(call).isInstanceOf(type);
        for (String part : parts) {
            thrown.hasMessageContaining(part);
        }
        return thrown;
    }
}
