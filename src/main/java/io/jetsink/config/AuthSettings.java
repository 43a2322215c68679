package io.jetsink.config;

import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * How the connector proves who it is. Null components are not configured; at most one method is.
 *
 * @param username with {@code password}: user and password
 * @param password see {@code username}
 * @param token a bare token
 * @param credentialsFile path of a creds file, read again at every connection
 * @param credentials content of a creds file
 * @param nkeySeed nkey seed; alone, or with {@code jwt}
 * @param jwt user JWT that goes with {@code nkeySeed}
 */
public record AuthSettings(
        @Nullable String username,
        @Nullable Password password,
        @Nullable Password token,
        @Nullable String credentialsFile,
        @Nullable Password credentials,
        @Nullable Password nkeySeed,
        @Nullable Password jwt) {}
