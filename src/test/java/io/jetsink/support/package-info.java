/** What tests stand on: real servers, started and stopped by the test that needs them. */
@NullMarked
package io.jetsink.support;

import org.jspecify.annotations.NullMarked;
