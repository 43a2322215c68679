/** How fast, and at what cost: {@code mvn -q -Pbench}. Measures and reports; never asserts a speed. */
@NullMarked
package io.jetsink.bench;

import org.jspecify.annotations.NullMarked;
