/** How a Kafka record becomes a NATS message: subject, headers, payload. */
@NullMarked
package io.jetsink.translate;

import org.jspecify.annotations.NullMarked;
