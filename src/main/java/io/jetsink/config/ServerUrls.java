package io.jetsink.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The value of {@code nats.servers}. Errors never contain a URL, because it may hold a password. */
final class ServerUrls {
    private static final int MAX_SERVERS = 100;
    private static final int MAX_HOST = 253;
    private static final Set<String> PLAIN = Set.of("nats", "ws");
    private static final Set<String> SECURE = Set.of("tls", "wss");

    private ServerUrls() {}

    static ValueRule rule() {
        return new ValueRule(
                "a comma separated list of 1 to " + MAX_SERVERS + " nats://, tls://, ws:// or wss:// URLs",
                value -> problem(strings(value)));
    }

    /**
     * Returns the URLs with scheme, for a list that {@link #rule} has accepted. A websocket URL without a port gets the
     * default port of its scheme, because the NATS client would use 4222.
     */
    static List<String> normalized(List<String> entries) {
        return entries.stream()
                .map(Parts::of)
                .map(parts -> parts.scheme + "://" + parts.authority + defaultPort(parts))
                .distinct()
                .toList();
    }

    private static String defaultPort(Parts parts) {
        if (parts.authority.indexOf(':', Math.max(parts.authority.lastIndexOf(']'), 0)) >= 0) {
            return "";
        }
        return switch (parts.scheme) {
            case "ws" -> ":80";
            case "wss" -> ":443";
            default -> "";
        };
    }

    static boolean anySecure(List<String> entries) {
        return entries.stream().anyMatch(entry -> SECURE.contains(Parts.of(entry).scheme));
    }

    /** Whether any URL is ws://, for which the NATS client never uses TLS. */
    static boolean anyPlainWebsocket(List<String> entries) {
        return entries.stream().anyMatch(entry -> Parts.of(entry).scheme.equals("ws"));
    }

    private static @Nullable String problem(List<String> entries) {
        if (entries.isEmpty()) {
            return "must name at least one server, such as nats://localhost:4222";
        }
        if (entries.size() > MAX_SERVERS) {
            return "names more than " + MAX_SERVERS + " servers";
        }
        Set<Boolean> secure = new HashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            String problem = problem(entries.get(i));
            if (problem != null) {
                return "has an error in entry " + (i + 1) + " of " + entries.size() + ": " + problem;
            }
            secure.add(SECURE.contains(Parts.of(entries.get(i)).scheme));
        }
        return secure.size() > 1
                ? "mixes URLs with TLS (tls://, wss://) and without (nats://, ws://): use one kind for all of them"
                : null;
    }

    private static @Nullable String problem(String entry) {
        if (entry.isBlank()) {
            return "it is empty";
        }
        if (entry.indexOf('@') >= 0) {
            return "a URL must not contain credentials, use the nats.auth.* keys";
        }
        Parts parts = Parts.of(entry);
        if (parts.scheme.equals("opentls")) {
            return "opentls:// (TLS that trusts any server) is not supported, use tls://";
        }
        if (!PLAIN.contains(parts.scheme) && !SECURE.contains(parts.scheme)) {
            return "the scheme must be nats, tls, ws or wss";
        }
        if (!parts.rest.isEmpty() && !parts.rest.equals("/")) {
            return "nothing may follow host and port";
        }
        return problemOfAuthority(parts);
    }

    private static @Nullable String problemOfAuthority(Parts parts) {
        String authority = parts.authority;
        int bracket = authority.lastIndexOf(']');
        int colon = authority.indexOf(':', Math.max(bracket, 0));
        String host = colon < 0 ? authority : authority.substring(0, colon);
        if (bracket < 0 && colon >= 0 && authority.indexOf(':', colon + 1) >= 0) {
            return "the host has more than one colon; an IPv6 address needs brackets, as in nats://[::1]:4222";
        }
        if (host.isEmpty()) {
            return "the host is missing";
        }
        if (colon >= 0 && !isPort(authority.substring(colon + 1))) {
            return "the port must be a number from 1 to 65535";
        }
        return isHost(host) ? null : "the host is neither a valid host name nor an IP address" + why(host);
    }

    /** Completes the error with what Java does not accept in a host name, and with a remedy. */
    private static String why(String host) {
        if (host.startsWith("[") || host.length() > MAX_HOST) {
            return "";
        }
        OptionalInt foreign = host.codePoints().filter(c -> !isHostCharacter(c)).findFirst();
        if (foreign.isPresent()) {
            int c = foreign.getAsInt();
            return ": it contains "
                    + (c > ' ' && c < 0x7F ? "'" + (char) c + "'" : String.format("the character U+%04X", c))
                    + (c < 0x80
                            ? ", which Java does not accept in host names: use a DNS alias or a network alias without it, or"
                                    + " the IP address"
                            : ", which is not ASCII: write the name in its ASCII form (xn--...)");
        }
        List<String> labels = List.of(host.split("\\.", -1));
        if (labels.stream().anyMatch(label -> label.startsWith("-") || label.endsWith("-"))) {
            return ": a part of it begins or ends with a hyphen, which Java does not accept in host names: use a DNS alias,"
                    + " or the IP address";
        }
        if (labels.contains("")) {
            return ": it has an empty part between dots";
        }
        return Character.isDigit(labels.get(labels.size() - 1).charAt(0))
                ? ": its last part begins with a digit, which Java accepts in IP addresses only: use a DNS alias, a name with"
                        + " a domain, or the IP address"
                : "";
    }

    private static boolean isHostCharacter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    }

    private static boolean isPort(String text) {
        return text.matches("[0-9]{1,5}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 65_535;
    }

    private static boolean isHost(String host) {
        if (host.length() > MAX_HOST) {
            return false;
        }
        try {
            // The NATS client uses the same parser.
            return host.equals(new URI("nats://" + host).getHost());
        } catch (URISyntaxException e) {
            return false;
        }
    }

    static List<String> strings(Object value) {
        return ((List<?>) value).stream().map(String.class::cast).toList();
    }

    private record Parts(String scheme, String authority, String rest) {
        static Parts of(String entry) {
            String url = entry.trim();
            int end = url.indexOf("://");
            String scheme = end < 0 ? "nats" : url.substring(0, end).toLowerCase(Locale.ROOT);
            String tail = end < 0 ? url : url.substring(end + 3);
            int authorityEnd = 0;
            while (authorityEnd < tail.length() && "/?#\\".indexOf(tail.charAt(authorityEnd)) < 0) {
                authorityEnd++;
            }
            return new Parts(scheme, tail.substring(0, authorityEnd), tail.substring(authorityEnd));
        }
    }
}
