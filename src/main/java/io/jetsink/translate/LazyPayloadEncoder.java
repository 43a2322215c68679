package io.jetsink.translate;

import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.PayloadEncoder;
import java.util.function.Supplier;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * An encoder that is made when the first record needs it: a connector of bytes loads no JSON library.
 *
 * <p>Threads: used by one thread.
 */
final class LazyPayloadEncoder implements PayloadEncoder {
    private final Supplier<PayloadEncoder> maker;
    private @Nullable PayloadEncoder made;

    /** @param maker makes an encoder that need not be closed */
    LazyPayloadEncoder(Supplier<PayloadEncoder> maker) {
        this.maker = maker;
    }

    @Override
    public byte[] encode(SinkRecord record, MessageHeaders headers) {
        PayloadEncoder encoder = made;
        if (encoder == null) {
            encoder = maker.get();
            made = encoder;
        }
        return encoder.encode(record, headers);
    }
}
