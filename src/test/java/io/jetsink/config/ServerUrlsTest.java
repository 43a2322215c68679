package io.jetsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerUrlsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "localhost                     | nats://localhost",
                "localhost:4222                | nats://localhost:4222",
                "10.0.0.1:1                    | nats://10.0.0.1:1",
                "nats://a.example.com:65535    | nats://a.example.com:65535",
                "NATS://Host:4222              | nats://Host:4222",
                "nats://host:4222/             | nats://host:4222",
                "tls://host                    | tls://host",
                "ws://host:80                  | ws://host:80",
                "wss://host                    | wss://host:443",
                "wss://host/                   | wss://host:443",
                "ws://host                     | ws://host:80",
                "WSS://[2001:db8::7]           | wss://[2001:db8::7]:443",
                "wss://[2001:db8::7]:8443      | wss://[2001:db8::7]:8443",
                "wss://host:4222               | wss://host:4222",
                "nats://host.                  | nats://host.",
                "nats://1host.example          | nats://1host.example",
                "nats://[::1]:4222             | nats://[::1]:4222",
                "[2001:db8::7]                 | nats://[2001:db8::7]",
                "tls://[fe80::1]               | tls://[fe80::1]",
            })
    void takesAServer(String given, String expected) {
        assertThat(parse(given)).containsExactly(expected);
    }

    @Test
    void takesAListAndDropsRepetitions() {
        assertThat(parse("nats://a:1 , b:2,ws://c,nats://b:2"))
                .containsExactly("nats://a:1", "nats://b:2", "ws://c:80");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                 | must name at least one server",
                "'  '                               | must name at least one server",
                "a,,b                               | entry 2 of 3: it is empty",
                "a,                                 | entry 2 of 2: it is empty",
                "http://host:4222                   | the scheme must be nats, tls, ws or wss",
                "https://host                       | the scheme must be",
                "file:///etc/passwd                 | the scheme must be",
                "gopher://host                      | the scheme must be",
                "://host                            | the scheme must be",
                "opentls://host                     | opentls:// (TLS that trusts any server) is not supported, use tls://",
                "nats://host:0                      | the port must be",
                "nats://host:99999                  | the port must be",
                "nats://host:65536                  | the port must be",
                "nats://host:abc                    | the port must be",
                "nats://host:-1                     | the port must be",
                "nats://host:                       | the port must be",
                "nats://host:99999999999999999999   | the port must be",
                "nats://[::1]:x                     | the port must be",
                "nats://                            | the host is missing",
                "nats://:4222                       | the host is missing",
                "nats:///path                       | nothing may follow",
                "nats://host/path                   | nothing may follow",
                "nats://host:4222?tls=true          | nothing may follow",
                "nats://host:4222#x                 | nothing may follow",
                "nats://host\\x                     | nothing may follow",
                "nats://::1                         | more than one colon",
                "nats://host:4222:4223              | more than one colon",
                "nats://[::1                        | more than one colon",
                "nats://[xyz]:4222                  | the host is neither",
                "nats://[::1]junk:4222              | the host is neither",
                "nats://ho st                       | the host is neither",
                "nats://under_score                 | the host is neither",
                "nats://under_score                 | it contains '_', which Java does not accept in host names: use a",
                "stack_nats-1:4222                  | it contains '_'",
                "wss://a.b_c.d                      | it contains '_'",
                "nats://-                           | begins or ends with a hyphen",
                "nats://a.b-                        | begins or ends with a hyphen",
                "nats://*                           | it contains '*'",
                "nats://ho~st                       | it contains '~'",
                "nats://ho st                       | it contains the character U+0020",
                "nats://b\u00fccher                 | the character U+00FC, which is not ASCII: write the name in its ASCII",
                "nats://a..b                        | an empty part between dots",
                "nats://127.1                       | its last part begins with a digit",
                "nats://10.0.0.256                  | its last part begins with a digit",
                "tls://a,nats://b                   | mixes URLs with TLS",
                "ws://a,wss://b                     | mixes URLs with TLS",
                "tls://a,b:4222                     | mixes URLs with TLS",
            })
    void refusesAServer(String given, String expected) {
        assertThat(Props.error("nats.servers", given))
                .startsWith("nats.servers ")
                .contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nats://me:CANARY@host:4222",
                "me:CANARY@host",
                "nats://CANARY@host",
                "nats://me:CAN/ARY@host",
                "nats://me:CAN,ARY@host",
                "nats://me:CAN?ARY@host",
                "nats://me:CANARY%40host",
                "nats://host/?token=CANARY",
                "http://me:CANARY@host",
                "localhost,nats://me:CANARY@host",
            })
    void refusesCredentialsWithoutShowingThem(String given) {
        assertThat(Props.error("nats.servers", given)).doesNotContain("CAN").doesNotContain("ARY");
    }

    @Test
    void saysWhereCredentialsBelong() {
        assertThat(Props.error("nats.servers", "a,nats://me:secret@b"))
                .isEqualTo("nats.servers has an error in entry 2 of 2: a URL must not contain credentials, "
                        + "use the nats.auth.* keys");
    }

    @Test
    void takesAHundredServersAndNoMore() {
        assertThat(parse(servers(100))).hasSize(100);
        assertThat(Props.error("nats.servers", servers(101))).isEqualTo("nats.servers names more than 100 servers");
    }

    private static String servers(int count) {
        return IntStream.range(0, count).mapToObj(i -> "host" + i).collect(Collectors.joining(","));
    }

    private static List<String> parse(String servers) {
        return SinkConfig.parse(Props.with("nats.servers", servers))
                .connection()
                .servers();
    }
}
