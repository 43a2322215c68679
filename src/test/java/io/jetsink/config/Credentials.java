package io.jetsink.config;

/** Texts with the outer shape of NATS credentials. They are made up and open nothing. */
public final class Credentials {
    static final String SEED = "SUA" + "B".repeat(55);
    static final String JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";
    public static final String FILE = String.join(
            "\n",
            "-----BEGIN NATS USER JWT-----",
            JWT,
            "------END NATS USER JWT------",
            "",
            "-----BEGIN USER NKEY SEED-----",
            SEED,
            "------END USER NKEY SEED------",
            "");

    private Credentials() {}
}
