package io.jetsink.tool.migrate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connectors for the entries of a file of nats-kafka.
 *
 * @param warnings what has no equivalent, or needs a decision
 * @param complete whether each entry from Kafka to NATS has a connector
 */
public record BridgeImport(List<ImportedConnector> connectors, List<String> warnings, boolean complete) {
    private static final String TO_JETSTREAM = "kafkatojetstream";
    private static final String TO_NATS = "kafkatonats";
    private static final String TO_STAN = "kafkatostan";
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";

    public BridgeImport {
        connectors = List.copyOf(connectors);
        warnings = List.copyOf(warnings);
    }

    /**
     * Converts a file.
     *
     * @param topic only topic of which entries are converted, or null for all
     * @param environment resolves variables that the file does not define
     * @throws ConfException if the file cannot be read
     */
    public static BridgeImport read(Path file, @Nullable String topic, Function<String, @Nullable String> environment) {
        ConfBlock root = new ConfBlock(ConfReader.read(file, environment));
        Notes notes = new Notes();
        List<ConfBlock> entries = root.blocks("connect");
        Map<String, String> nats = NatsSection.convert(root.block("nats"), root.block("jetstream"), notes);
        // Of nats-kafka's own process, or of NATS Streaming.
        root.ignore("reconnectinterval", "connecttimeout", "logging", "monitoring", "stan");
        notes.unread(String.valueOf(file.getFileName()), root);
        List<ImportedConnector> connectors = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            ConfBlock entry = entries.get(i);
            String of = entry.text("topic");
            if (topic == null || topic.equals(of)) {
                new Entry(entry, of, i + 1, nats, notes).convert(connectors, names);
            }
        }
        if (connectors.isEmpty()) {
            notes.omit("connect", "there is no entry from Kafka to NATS" + (topic == null ? "" : " with this topic"));
        }
        return new BridgeImport(connectors, notes.warnings(), notes.isComplete());
    }

    /** One entry of {@code connect}. */
    private static final class Entry {
        private final ConfBlock entry;
        private final String topic;
        private final String id;
        private final String type;
        private final Map<String, String> nats;
        private final Notes notes;
        private final String place;

        Entry(ConfBlock entry, String topic, int number, Map<String, String> nats, Notes notes) {
            this.entry = entry;
            this.topic = topic;
            this.nats = nats;
            this.notes = notes;
            this.id = entry.text("id");
            this.type = entry.text("type");
            this.place = id.isEmpty() ? "connect[" + number + "]" : id;
        }

        void convert(List<ImportedConnector> connectors, Set<String> names) {
            String kind = type.toLowerCase(Locale.ROOT);
            if (kind.equals(TO_STAN)) {
                notes.omit(place, type + " writes to NATS Streaming: create a stream, and use KafkaToJetStream");
                return;
            }
            if (!kind.equals(TO_JETSTREAM) && !kind.equals(TO_NATS)) {
                notes.warn(place, "not imported: type " + type + " does not read from Kafka");
                return;
            }
            String template = entry.text("subject");
            String subject = GoTemplate.subject(template);
            if (topic.isEmpty() || topic.contains("{{") || template.isEmpty()) {
                notes.omit(place, "topic or subject is missing, or topic is a template");
            } else if (subject == null) {
                notes.omit(place, "subject has no equivalent: write a template as in ${topic}.${key} instead");
            } else {
                String name = unique(id.isEmpty() ? topic + "-to-nats" : id, names);
                connectors.add(new ImportedConnector(name, config(kind, subject, name)));
            }
        }

        private String unique(String name, Set<String> names) {
            String unique = name;
            for (int i = 2; !names.add(unique); i++) {
                unique = name + "-" + i;
            }
            if (!unique.equals(name)) {
                notes.warn(place, "the id is not unique: the connector is named " + unique);
            }
            return unique;
        }

        private Map<String, String> config(String kind, String subject, String name) {
            Map<String, String> config = new LinkedHashMap<>();
            config.put("connector.class", "io.jetsink.NatsJetStreamSinkConnector");
            config.put("tasks.max", "1");
            config.put("topics", topic);
            config.put("key.converter", BYTES);
            config.put("value.converter", BYTES);
            config.put("header.converter", BYTES);
            config.putAll(nats);
            config.put("subject", subject);
            config.put("headers.include", "*");
            if (kind.equals(TO_NATS)) {
                config.put("delivery.guarantee", "best-effort");
                notes.warn(
                        place,
                        type + " waits for no acks: best-effort is the equivalent. Remove delivery.guarantee for"
                                + " at-least-once. A stream must store the subject; plain subscribers still receive it");
            }
            if (subject.contains("${key}")) {
                notes.warn(place, "subject: bytes of the key except A-Z a-z 0-9 _ - are percent-encoded");
            }
            registry(config);
            kafka(config);
            offsets(name);
            entry.ignore("balancer", "keytype", "keyvalue", "queuename", "durablename", "stream");
            entry.ignore("startatsequence", "startattime", "channel");
            notes.unread(place, entry);
            return config;
        }

        private void registry(Map<String, String> config) {
            String url = entry.text("schemaregistryurl");
            String schema = entry.text("subjectname");
            String format = entry.text("schematype").toLowerCase(Locale.ROOT);
            entry.ignore("schemaversion");
            if (url.isEmpty() || schema.isEmpty()) {
                return;
            }
            String converter = switch (format) {
                case "json" -> "io.confluent.connect.json.JsonSchemaConverter";
                case "protobuf" -> "io.confluent.connect.protobuf.ProtobufConverter";
                default -> "io.confluent.connect.avro.AvroConverter";
            };
            int user = url.lastIndexOf('@');
            int authority = url.contains("://") ? url.indexOf("://") + 3 : 0;
            config.put("value.converter", converter);
            config.put(
                    "value.converter.schema.registry.url",
                    user < 0 ? url : url.substring(0, authority) + url.substring(user + 1));
            if (user >= 0) {
                config.put("value.converter.basic.auth.credentials.source", "USER_INFO");
                config.put("value.converter.basic.auth.user.info", NatsSection.placeholder("registry"));
            }
            config.put("payload.encoder", "json");
            notes.warn(
                    place,
                    "schemaregistryurl: install " + converter + " on the workers, and compare the JSON of a record with"
                            + " jetsink explain");
        }

        private void kafka(Map<String, String> config) {
            String brokers = String.join(",", entry.texts("brokers"));
            notes.warn(place, "brokers: bootstrap.servers of the worker must name the cluster of " + brokers);
            ConfBlock sasl = entry.block("sasl");
            ConfBlock tls = entry.block("tls");
            ConfBlock iam = entry.block("iam");
            if (!sasl.isEmpty() || !tls.isEmpty() || iam.flag("enable")) {
                notes.warn(
                        place,
                        "sasl, tls, iam: the worker connects to Kafka: set security.protocol, sasl.* and ssl.* in its"
                                + " properties, also with the prefix consumer.");
            }
            number(config, "consumer.override.fetch.min.bytes", entry.number("minbytes"));
            number(config, "consumer.override.max.partition.fetch.bytes", entry.number("maxbytes"));
        }

        private void offsets(String name) {
            String group = entry.text("groupid");
            boolean partition = entry.has("partition");
            entry.ignore("partition");
            if (!group.isEmpty()) {
                notes.warn(
                        place,
                        "groupid: stop nats-kafka, and copy the offsets of group " + group + " to connector " + name
                                + " before it starts");
            } else {
                notes.warn(
                        place,
                        (partition ? "partition: the connector reads all partitions. " : "")
                                + "There is no groupid: nats-kafka reads one partition from its beginning at each start."
                                + " Set the offsets of connector " + name
                                + " before it starts, or it reads all records");
            }
        }

        private static void number(Map<String, String> config, String key, long value) {
            if (value > 0 && value <= Integer.MAX_VALUE) {
                config.put(key, Long.toString(value));
            }
        }
    }
}
