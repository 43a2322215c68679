/** Sinks without any feature, as a measure of what features cost. Packed into a plugin of their own by the benchmark. */
@NullMarked
package io.jetsink.bench.bare;

import org.jspecify.annotations.NullMarked;
