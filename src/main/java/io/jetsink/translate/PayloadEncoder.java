package io.jetsink.translate;

import io.jetsink.publish.RejectedRecordException;
import org.apache.kafka.connect.sink.SinkRecord;

/** Turns a record's value into the bytes of a message. Called by one thread. */
interface PayloadEncoder {
    /**
     * Encodes the value, which is not null: tombstones never come here.
     *
     * @return the payload, which nobody changes any more; it may be the record's own array
     * @throws RejectedRecordException if this value can never be encoded
     */
    byte[] encode(SinkRecord record);
}
