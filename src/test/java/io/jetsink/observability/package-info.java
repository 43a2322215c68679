/** Dashboards, alerts and rules of collectors: generated, compared with each other, and used by the real programs. */
@NullMarked
package io.jetsink.observability;

import org.jspecify.annotations.NullMarked;
