/** Prometheus and its tools as processes, and what they scrape. */
@NullMarked
package io.jetsink.support.prometheus;

import org.jspecify.annotations.NullMarked;
