package io.jetsink.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * As much of a schema registry as the Avro converter of Apicurio asks for when it reads: the schema of an id, and that it
 * refers to no others.
 */
public final class AvroRegistry implements AutoCloseable {
    private static final String IDS = "/apis/registry/v2/ids/contentIds/";

    private final HttpServer server;
    private final Map<Integer, Schema> schemas;

    private AvroRegistry(HttpServer server, Map<Integer, Schema> schemas) {
        this.server = server;
        this.schemas = schemas;
    }

    /** @param schemas by their ids */
    public static AvroRegistry start(Map<Integer, Schema> schemas) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            AvroRegistry registry = new AvroRegistry(server, schemas);
            server.createContext(IDS, registry::answer);
            server.start();
            return registry;
        } catch (IOException e) {
            throw new UncheckedIOException("The schema registry cannot start", e);
        }
    }

    /** Host and port. */
    public String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** A record as producers write it into Kafka: a zero byte, four bytes of the schema's id, Avro's binary form. */
    public static byte[] encode(int id, GenericRecord record) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            bytes.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Avro cannot be written", e);
        }
        return bytes.toByteArray();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String[] path =
                exchange.getRequestURI().getPath().substring(IDS.length()).split("/", 2);
        Schema schema = schemas.get(Integer.valueOf(path[0]));
        byte[] body = (schema == null ? "{}" : path.length > 1 ? "[]" : schema.toString()).getBytes(UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(schema == null ? 404 : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
