package io.jetsink.nats;

import io.jetsink.config.AuthSettings;
import io.nats.client.AuthHandler;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.support.Encoding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** The credentials, read again for each connection so that a renewed file is used. Errors never contain a secret. */
record Credentials(AuthSettings settings, @Nullable AuthHandler signer) {
    private static final int MAX_FILE_BYTES = 64 * 1024;

    static Credentials read(AuthSettings settings) throws ConnectFailedException {
        return new Credentials(settings, signer(settings));
    }

    void applyTo(Options.Builder options) {
        String password = value(settings.password());
        if (settings.username() != null) {
            options.userInfo(settings.username(), password == null ? "" : password);
        }
        String token = value(settings.token());
        if (token != null) {
            // The client escapes user name and password for JSON, but not the token.
            options.token(Encoding.jsonEncode(token).toCharArray());
        }
        if (signer != null) {
            options.authHandler(signer);
        }
    }

    private static @Nullable AuthHandler signer(AuthSettings settings) throws ConnectFailedException {
        if (settings.credentialsFile() != null) {
            return checked(Nats.staticCredentials(content(settings.credentialsFile())), "nats.auth.credentials.file");
        }
        String inline = value(settings.credentials());
        if (inline != null) {
            byte[] bytes = inline.getBytes(StandardCharsets.UTF_8);
            return checked(Nats.staticCredentials(bytes), "nats.auth.credentials");
        }
        String seed = value(settings.nkeySeed());
        if (seed != null) {
            String jwt = value(settings.jwt());
            char[] signed = jwt == null ? null : jwt.strip().toCharArray();
            return checked(Nats.staticCredentials(signed, seed.strip().toCharArray()), "nats.auth.nkey.seed");
        }
        return null;
    }

    private static byte[] content(String name) throws ConnectFailedException {
        String shown = "nats.auth.credentials.file: " + name;
        try {
            Path file = Path.of(name);
            // A FIFO could block forever, and a device could fill the heap.
            if (!Files.isRegularFile(file)) {
                throw unusable(shown + " is not a regular file", null);
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
                if (bytes.length > MAX_FILE_BYTES) {
                    throw unusable(shown + " has more than 64 KiB, so it is not a credentials file", null);
                }
                return bytes;
            }
        } catch (ConnectFailedException e) {
            throw e;
        } catch (IOException | InvalidPathException e) {
            throw unusable(shown + " cannot be read", e);
        }
    }

    /** Checks the seed now: the client would report an invalid seed as an unreachable server. */
    private static AuthHandler checked(AuthHandler signer, String key) throws ConnectFailedException {
        try {
            signer.getID();
            return signer;
        } catch (RuntimeException withPartsOfTheSeed) {
            throw unusable(key + " contains no valid nkey seed", null);
        }
    }

    private static ConnectFailedException unusable(String message, @Nullable Exception cause) {
        return new ConnectFailedException(ConnectFailedException.Reason.SETTINGS, message, cause);
    }

    private static @Nullable String value(@Nullable Password password) {
        return password == null ? null : password.value();
    }
}
