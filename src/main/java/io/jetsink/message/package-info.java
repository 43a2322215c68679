/**
 * Values that more than one package exchanges, without a dependency on any other package of the connector.
 *
 * <p>{@link io.jetsink.message.OutboundMessage} enters publishing from translation. {@link
 * io.jetsink.message.RejectedRecordException} leaves translation and publishing for Connect's error handling. Text that
 * reaches a log or a subject passes {@code LogSafeText} or {@code PercentEncoding}. {@link io.jetsink.message.ErrorCode} is
 * the catalogue of errors; failures have a code ({@link io.jetsink.message.Coded}), which is added to the text where it is
 * logged or leaves the connector.
 */
@NullMarked
package io.jetsink.message;

import org.jspecify.annotations.NullMarked;
