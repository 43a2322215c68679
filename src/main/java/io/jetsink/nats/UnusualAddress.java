package io.jetsink.nats;

import java.net.IDN;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address of an announced server whose host name {@link java.net.URI} does not accept. Such names are common with
 * containers ({@code stack_nats-1}) and can be resolved.
 */
record UnusualAddress(String scheme, String host, int port) {
    private static final Pattern FORM = Pattern.compile("(nats|tls|ws|wss)://([^\\s:/\\[\\]@]{1,253}):([0-9]{1,5})");

    /** Returns null if the text is not an address. */
    static @Nullable UnusualAddress of(String url) {
        Matcher matcher = FORM.matcher(url);
        return matcher.matches()
                ? new UnusualAddress(matcher.group(1), matcher.group(2), Integer.parseInt(matcher.group(3)))
                : null;
    }

    /** Returns the URLs of its IP addresses. */
    List<String> resolved() throws UnknownHostException {
        List<String> urls = new ArrayList<>();
        for (InetAddress address : InetAddress.getAllByName(ascii())) {
            String text = address.getHostAddress();
            urls.add(scheme + "://" + (address instanceof Inet6Address ? "[" + text + "]" : text) + ":" + port);
        }
        return urls;
    }

    private String ascii() throws UnknownHostException {
        try {
            return IDN.toASCII(host);
        } catch (IllegalArgumentException e) {
            throw new UnknownHostException(host);
        }
    }
}
