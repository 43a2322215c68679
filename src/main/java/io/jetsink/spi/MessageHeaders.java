package io.jetsink.spi;

/**
 * The headers of a message that is being made.
 *
 * <ol>
 *   <li>Names that are commands to NATS are left out and counted, in any case of letters: {@code Nats-*}, {@code Status},
 *       {@code Description}, {@code KV-Operation}. So is an empty name.
 *   <li>A name may hold printable ASCII without blanks and colons; whatever else it has is percent-encoded, byte by byte of
 *       its UTF-8.
 *   <li>A value of printable ASCII that does not begin or end with a blank goes as it is. Any other is percent-encoded by
 *       the rule of the CloudEvents binding for NATS: blanks, double quotes, percent signs and everything outside of
 *       printable ASCII, byte by byte of its UTF-8.
 *   <li>All values of one name keep their order. NATS keeps none between names.
 *   <li>A message whose headers are longer than 64 KiB together is rejected: no server takes it.
 * </ol>
 *
 * <p>Called by the thread that was given it, during the call that it was given to.
 */
public interface MessageHeaders {
    /** One more value of this name. */
    void add(String name, String value);

    /** The same of bytes, which are taken for text if they are ASCII, and percent-encoded if not. */
    void add(String name, byte[] value);

    /** The only value of this name: what was added before is gone. */
    void set(String name, String value);
}
