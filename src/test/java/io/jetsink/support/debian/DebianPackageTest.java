package io.jetsink.support.debian;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DebianPackageTest {
    @TempDir
    private Path apt;

    @BeforeEach
    void debian() throws IOException {
        Files.writeString(osRelease(), "ID=debian\nVERSION_CODENAME=bookworm\n");
        Files.createDirectory(apt.resolve("sources.list.d"));
    }

    @Test
    void takesMirrorAndKeysOfTheSystemOutOfOneLineSources() throws Exception {
        Files.writeString(apt.resolve("sources.list"), """
                # deb http://commented.example/debian bookworm main
                deb [arch=amd64 signed-by=/keys/debian.gpg] http://mirror.example/debian bookworm main contrib
                deb-src http://mirror.example/debian bookworm main
                deb http://security.example/debian-security bookworm-security main # fixes
                """);

        assertThat(inTrixie().mirrors())
                .extracting(mirror -> mirror.stanza("trixie", "main"))
                .containsExactly("""
                        Types: deb
                        URIs: http://mirror.example/debian
                        Suites: trixie
                        Components: main
                        signed-by: /keys/debian.gpg
                        """);
    }

    @Test
    void takesMirrorAndKeysOfTheSystemOutOfStanzas() throws Exception {
        Files.writeString(apt.resolve("sources.list.d/debian.sources"), """
                # where from
                Types: deb deb-src
                URIs: http://mirror.example/debian
                Suites: bookworm bookworm-updates
                # what
                Components: main
                Signed-By:
                 -----BEGIN PGP PUBLIC KEY BLOCK-----
                 .
                 abc

                Types: deb
                URIs: https://tools.example
                Suites: nodistro
                Components: main

                Enabled: no
                Types: deb
                URIs: http://off.example/debian
                Suites: bookworm
                Components: main
                """);

        assertThat(inTrixie().mirrors())
                .extracting(mirror -> mirror.stanza("trixie", "main"))
                .containsExactly("""
                        Types: deb
                        URIs: http://mirror.example/debian
                        Suites: trixie
                        Components: main
                        signed-by:
                         -----BEGIN PGP PUBLIC KEY BLOCK-----
                         .
                         abc
                        """);
    }

    @Test
    void asksUbuntuForItsOwnSuites() throws Exception {
        Files.writeString(osRelease(), "ID=ubuntu\nVERSION_CODENAME=\"noble\"\n");

        assertThat(DebianPackage.suites(osRelease(), "trixie")).containsExactly("devel", "noble");
    }

    private DebianPackage inTrixie() {
        return new DebianPackage("nats-server", apt, osRelease(), "trixie");
    }

    private Path osRelease() {
        return apt.resolve("os-release");
    }
}
