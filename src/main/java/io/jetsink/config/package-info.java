/** Configuration: every key defined once, parsed once into immutable values, validated with an error per key. */
@NullMarked
package io.jetsink.config;

import org.jspecify.annotations.NullMarked;
