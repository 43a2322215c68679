/** The main job of this project on an embedded default: {@code mvn -q -Pquickstart}. */
@NullMarked
package io.jetsink.quickstart;

import org.jspecify.annotations.NullMarked;
