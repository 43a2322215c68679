/** What else knows jnats: connections, TLS, authentication. */
@NullMarked
package io.jetsink.nats;

import org.jspecify.annotations.NullMarked;
