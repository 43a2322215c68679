/** The versions of Connect, nats-server and Java that work together. */
@org.jspecify.annotations.NullMarked
package io.jetsink.matrix;
