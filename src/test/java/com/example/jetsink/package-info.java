/**
 * A user's own classes, as the documentation of {@code io.jetsink.spi} tells to write them: nothing here is the
 * connector's, and nothing in the connector knows of it.
 */
@NullMarked
package com.example.jetsink;

import org.jspecify.annotations.NullMarked;
