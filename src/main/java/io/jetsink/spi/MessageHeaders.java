package io.jetsink.spi;

/**
 * The headers of a message.
 *
 * <ol>
 *   <li>Headers whose names are commands to NATS are dropped and counted, in any case of letters: {@code Nats-*}, {@code
 *       Status}, {@code Description}, {@code KV-Operation}. A header with an empty name is dropped, too.
 *   <li>A name may contain printable ASCII without blanks and colons. All other characters are percent-encoded, each byte of
 *       their UTF-8.
 *   <li>A value of printable ASCII that does not begin or end with a blank is not changed. Any other value is
 *       percent-encoded by the rule of the CloudEvents binding for NATS: blanks, double quotes, percent signs and all
 *       characters outside of printable ASCII, each byte of their UTF-8.
 *   <li>The values of one name keep their order. NATS keeps no order between names.
 *   <li>A message whose headers have more than 64 KiB is rejected: no server accepts it.
 * </ol>
 *
 * <p>May be used only during the call that it was passed to, and by that thread.
 */
public interface MessageHeaders {
    /**
     * Adds a value of this name.
     *
     * @param name the name of the header
     * @param value the value
     */
    void add(String name, String value);

    /**
     * Adds a value of this name. Bytes that are ASCII are used as text; others are percent-encoded.
     *
     * @param name the name of the header
     * @param value the value
     */
    void add(String name, byte[] value);

    /**
     * Replaces all values of this name.
     *
     * @param name the name of the header
     * @param value the only value
     */
    void set(String name, String value);
}
