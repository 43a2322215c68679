package io.jetsink.config;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** The form of NATS credentials, which shows a wrong file or a wrong text before a server rejects it. */
final class CredentialsRules {
    private static final int MAX_LENGTH = 64 * 1024;

    /** The seed of a user in base32: a prefix of 2 bytes, a key of 32 bytes, a checksum of 2 bytes. */
    private static final Pattern SEED = Pattern.compile("SU[A-Z2-7]{56}");

    private static final Pattern JWT = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

    private CredentialsRules() {}

    static ValueRule content() {
        return new ValueRule(
                "the content of a credentials file, a block with a user JWT and a block with a seed",
                value -> problemOfContent(((Password) value).value()));
    }

    static ValueRule file() {
        return new ValueRule(
                "the path of a readable credentials file of at most " + MAX_LENGTH + " bytes",
                value -> problemOfFile((String) value));
    }

    static ValueRule seed() {
        return ValueRule.matching(
                "the seed of a user nkey, 58 characters that begin with SU",
                value -> SEED.matcher(((Password) value).value()).matches());
    }

    static ValueRule jwt() {
        return ValueRule.matching("a user JWT, three parts in base64url separated by dots", value -> {
            String text = ((Password) value).value();
            return text.length() <= MAX_LENGTH && JWT.matcher(text).matches();
        });
    }

    private static @Nullable String problemOfFile(String path) {
        RegularFile.Content file = RegularFile.read(path, MAX_LENGTH);
        if (file.problem() != null) {
            return file.problem();
        }
        String problem = problemOfContent(new String(file.bytes(), StandardCharsets.UTF_8));
        return problem == null ? null : "names a file whose content " + problem;
    }

    private static @Nullable String problemOfContent(String text) {
        if (text.length() > MAX_LENGTH) {
            return "is longer than " + MAX_LENGTH + " characters";
        }
        List<String> lines =
                text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        if (!hasBlock(lines, "BEGIN NATS USER JWT", JWT)) {
            return "has no block -----BEGIN NATS USER JWT----- with a JWT on the next line";
        }
        return hasBlock(lines, "BEGIN USER NKEY SEED", SEED)
                ? null
                : "has no block -----BEGIN USER NKEY SEED----- with a user's seed (SU...) on the next line";
    }

    private static boolean hasBlock(List<String> lines, String title, Pattern content) {
        for (int i = 0; i + 1 < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("---") && line.contains(title)) {
                return content.matcher(lines.get(i + 1)).matches();
            }
        }
        return false;
    }
}
