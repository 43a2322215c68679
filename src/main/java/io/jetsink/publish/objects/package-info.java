/**
 * Large payloads in an object store ({@code oversize=object-store}): the message then points to the object.
 *
 * <p>Enters and leaves: the same as for the publisher that it wraps. Read {@code ObjectStorePublisher} first. An upload occupies
 * the task thread.
 */
@NullMarked
package io.jetsink.publish.objects;

import org.jspecify.annotations.NullMarked;
