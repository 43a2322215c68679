package io.jetsink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers on a version of Java that is too old for the connector. */
class OldJavaConnectorTest {
    private static final String TEXT =
            "[JS-1013] the connector needs Java 17 or later, this worker runs on Java 11: start"
                    + " every worker of the Connect cluster with Java 17 or later";

    /** Loads the connector's classes as Java 8 does: newer ones are refused. */
    private static final class OldJava extends ClassLoader {
        private static final int JAVA_8 = 52;

        OldJava() {
            super(OldJavaConnectorTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            return name.startsWith("io.jetsink.") ? define(name) : super.loadClass(name, resolve);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                byte[] content = read(name);
                int version = version(content);
                if (version > JAVA_8) {
                    throw new UnsupportedClassVersionError(name + " has version " + version);
                }
                return defineClass(name, content, 0, content.length);
            }
        }

        private byte[] read(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }

        private static int version(byte[] content) throws ClassNotFoundException {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
                in.skipBytes(6);
                return in.readUnsignedShort();
            } catch (IOException e) {
                throw new ClassNotFoundException("no class", e);
            }
        }
    }

    private static SinkConnector onOldJava(String java) throws Exception {
        Constructor<? extends SinkConnector> constructor = new OldJava()
                .loadClass(NatsJetStreamSinkConnector.class.getName())
                .asSubclass(SinkConnector.class)
                .getDeclaredConstructor(String.class);
        constructor.setAccessible(true);
        return constructor.newInstance(java);
    }

    @Test
    void aValidationReportsTheVersionOfJava() throws Exception {
        SinkConnector connector = onOldJava("11");

        assertThat(connector.version()).isEqualTo("undefined");
        assertThat(connector.config().names()).isEmpty();
        assertThat(connector.validate(Map.of("connector.class", "c")).configValues())
                .singleElement()
                .satisfies(value -> {
                    assertThat(value.name()).isEqualTo("connector.class");
                    assertThat(value.value()).isEqualTo("c");
                    assertThat(value.errorMessages()).containsExactly(TEXT);
                });
    }

    @Test
    void aConnectorThatExistsDoesNotStart() throws Exception {
        SinkConnector connector = onOldJava("11");

        assertThatThrownBy(() -> connector.start(Map.of()))
                .isInstanceOf(ConnectException.class)
                .hasMessage(TEXT);
        assertThatThrownBy(connector::taskClass)
                .isInstanceOf(ConnectException.class)
                .hasMessage(TEXT);
        assertThatThrownBy(() -> connector.alterOffsets(Map.of(), Map.of()))
                .isInstanceOf(ConnectException.class)
                .hasMessage(TEXT);
        assertThatThrownBy(() -> connector.taskConfigs(1))
                .isInstanceOf(ConnectException.class)
                .hasMessage(TEXT);
        connector.stop();
    }

    /** The control: the loader refuses what an old JVM refuses. */
    @Test
    void theOtherClassesNeedJava17() {
        assertThatThrownBy(() -> new OldJava().loadClass(JetStreamSinkConnector.class.getName()))
                .isInstanceOf(UnsupportedClassVersionError.class);
        assertThatThrownBy(() -> onOldJava("17")).hasRootCauseInstanceOf(UnsupportedClassVersionError.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.8", "9", "11", "16"})
    void isTooOld(String java) {
        assertThat(new NatsJetStreamSinkConnector(java).validate(Map.of()).configValues())
                .flatExtracting(ConfigValue::errorMessages)
                .singleElement()
                .asString()
                .contains("this worker runs on Java " + java + ":");
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "21", "25", "100"})
    void isNewEnough(String java) {
        assertThat(new NatsJetStreamSinkConnector(java).version()).isEqualTo(Version.current());
    }
}
