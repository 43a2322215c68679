package io.jetsink.shipped;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jetsink.support.AvroRegistry;
import io.jetsink.support.ChangeEvents;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericData;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.json.JsonConverter;

/** What every connector that users are shown is fed with and has to store, by its name. A new one needs an entry here. */
final class RecipeCases {
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final String ADDRESSES = "shop.public.addresses";
    private static final int AVRO_ID = 7;

    private static final org.apache.avro.Schema INVOICE = new org.apache.avro.Schema.Parser().parse("""
            {"type": "record", "name": "Invoice", "fields": [
              {"name": "id", "type": "long"},
              {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
              {"name": "note", "type": ["null", "string"], "default": null},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}""");

    /** The content of the registry. */
    static final Map<Integer, org.apache.avro.Schema> AVRO = Map.of(AVRO_ID, INVOICE);

    static final Map<String, RecipeCase> BY_NAME = Stream.of(
                    readme(), common(), headers(), payloads(), buckets(), files())
            .flatMap(List::stream)
            .collect(Collectors.toMap(
                    RecipeCase::name,
                    each -> each,
                    (one, other) -> {
                        throw new IllegalStateException(one.name() + " is here twice");
                    },
                    TreeMap::new));

    private RecipeCases() {}

    private static List<RecipeCase> readme() {
        return List.of(RecipeCase.of("orders", "ORDERS", "orders.>")
                .record("orders", "k1", "first")
                .record("orders", "*.>", "second")
                .stored("orders.k1 first")
                .stored("orders.%2A%2E%3E second"));
    }

    private static List<RecipeCase> common() {
        return List.of(
                RecipeCase.of("topic-per-tenant", "BILLING")
                        .record("billing.acme", "1", "a")
                        .record("billing.globex", "1", "g")
                        .stored("billing.acme.1 a")
                        .stored("billing.globex.1 g"),
                RecipeCase.of("key-in-subject", "ACCOUNTS", "accounts.>")
                        .record("accounts", "4711", "a")
                        .record("accounts", "a.b", "b")
                        .record("accounts", "4711", (String) null)
                        .stored("accounts.4711 a")
                        .stored("accounts.a%2Eb b")
                        .stored("accounts.4711 {Kafka-Tombstone=[true]} "),
                RecipeCase.of("header-routing", "SIGNALS", "signals.>")
                        .record("signals", "k", "a", "tenant", "acme", "type", "alarm")
                        .record("signals", "k", "b", "tenant", "acme")
                        .record("signals", "k", "c", "type", "007")
                        .stored("signals.acme.alarm {type=[alarm]} a")
                        .stored("signals.!none.007 {type=[007]} c"),
                RecipeCase.of("avro-to-json", "INVOICES", "invoices.>")
                        .record("invoices", "k".getBytes(UTF_8), invoice())
                        .stored("invoices.k {\"id\":5,\"price\":\"9.90\",\"note\":null,"
                                + "\"at\":\"2026-08-01T12:34:56.789Z\"}"),
                changes(),
                rows(),
                RecipeCase.of("change-events-into-a-bucket", "KV_shop-customers")
                        .record("shop.public.customers", ChangeEvents.key(1), ChangeEvents.created(1, "Ada"))
                        .record("shop.public.customers", ChangeEvents.key(2), ChangeEvents.created(2, "Bob"))
                        .record("shop.public.customers", ChangeEvents.key(1), ChangeEvents.updated(1, "Ada", "Eve"))
                        .record("shop.public.customers", ChangeEvents.key(2), ChangeEvents.deleted(2, "Bob"))
                        .record("shop.public.customers", ChangeEvents.key(2), null)
                        .stored("$KV.shop-customers.1 {\"id\":1,\"name\":\"Eve\"}")
                        .stored("$KV.shop-customers.2 {KV-Operation=[DEL]} "),
                RecipeCase.of("cloudevents-to-nats", "EVENTS", "events.>")
                        .record("events", "own", "{\"a\": 1}", ownEvent())
                        .record("events", "made", "text")
                        .stored("events.own {ce-datacontenttype=[application/json;%20charset=utf-8], ce-id=[007],"
                                + " ce-source=[/orders], ce-specversion=[1.0], ce-subject=[%E2%82%AC%20100%25],"
                                + " ce-type=[com.example.order]} {\"a\": 1}")
                        .stored("events.made {ce-datacontenttype=[application/octet-stream], ce-id=[events-0-1],"
                                + " ce-source=[https://kafka.example.com/orders], ce-specversion=[1.0],"
                                + " ce-subject=[made], ce-time=[2026-08-01T12:34:56.789Z],"
                                + " ce-type=[com.example.order.changed]} text"));
    }

    private static RecipeCase changes() {
        String topic = "shop.public.orders";
        String end = ",\"source\":{\"db\":\"shop\"},\"op\":\"%s\",\"ts_ms\":1785587696789}";
        String first = "{\"id\":7,\"name\":\"new\"}";
        String second = "{\"id\":7,\"name\":\"paid\"}";
        return RecipeCase.of("change-events", "CDC")
                .record(topic, ChangeEvents.key(7), ChangeEvents.created(7, "new"))
                .record(topic, ChangeEvents.key(7), ChangeEvents.updated(7, "new", "paid"))
                .record(topic, ChangeEvents.key(7), ChangeEvents.deleted(7, "paid"))
                .record(topic, ChangeEvents.key(7), null)
                .stored("cdc." + topic + ".c.7 {\"before\":null,\"after\":" + first + end.formatted("c"))
                .stored("cdc." + topic + ".u.7 {\"before\":" + first + ",\"after\":" + second + end.formatted("u"))
                .stored("cdc." + topic + ".d.7 {\"before\":" + second + ",\"after\":null" + end.formatted("d"));
    }

    private static RecipeCase rows() {
        return RecipeCase.of("change-events-as-rows", "CRM")
                .record("crm.public.clients", ChangeEvents.key(1), ChangeEvents.created(1, "Ada"))
                .record("crm.public.clients", ChangeEvents.key(1), ChangeEvents.deleted(1, "Ada"))
                .record("crm.public.clients", ChangeEvents.key(1), null)
                .record("crm.public.tickets", ChangeEvents.key(2), ChangeEvents.updated(2, "open", "done"))
                .stored("crm.clients.c.1 {\"id\":1,\"name\":\"Ada\",\"__deleted\":\"false\"}")
                .stored("crm.clients.d.1 {\"id\":1,\"name\":\"Ada\",\"__deleted\":\"true\"}")
                .stored("crm.tickets.u.2 {\"id\":2,\"name\":\"done\",\"__deleted\":\"false\"}");
    }

    private static List<RecipeCase> headers() {
        return List.of(
                RecipeCase.of("shipments-with-headers", "SHIPMENTS", "shipments.>")
                        .record(
                                "shipments",
                                "k",
                                "v",
                                "carrier",
                                "sea",
                                "carrier",
                                "rail",
                                "internal-cost",
                                "7",
                                "Nats-Rollup",
                                "all")
                        .stored("shipments.0 {Kafka-Key=[k], Kafka-Offset=[0], Kafka-Partition=[0],"
                                + " Kafka-Timestamp=[1785587696789], Kafka-Topic=[shipments], carrier=[sea, rail]} v"),
                RecipeCase.of("calls-with-traces", "CALLS", "calls.>")
                        .record("calls", "k", "v", "traceparent", TRACE, "other", "stays")
                        .stored("calls.0 {traceparent=[" + TRACE + "]} v"),
                RecipeCase.of("payments-once", "PAYMENTS")
                        .record("payments", "k", "v")
                        .stored("payments.0 {Nats-Msg-Id=[eu-1:payments:0:0]} v"),
                RecipeCase.of("offers-with-ttl", "OFFERS")
                        .record("offers", "k", "an hour", "ttl-ms", "3600000")
                        .record("offers", "k", "a day")
                        .stored("offers.0 {Nats-TTL=[3600s]} an hour")
                        .stored("offers.0 {Nats-TTL=[86400s]} a day"),
                RecipeCase.of("prices-both-ways", "PRICES", "prices.>")
                        .record("prices", "k", "from here", "Jetsink-Origin", "kafka-eu")
                        .record("prices", "k", "from there", "Jetsink-Origin", "kafka-us")
                        .record("prices", "k", "new")
                        .stored("prices.0 {Jetsink-Origin=[kafka-us, kafka-eu]} from there")
                        .stored("prices.0 {Jetsink-Origin=[kafka-eu]} new"));
    }

    private static List<RecipeCase> payloads() {
        byte[] order = order();
        return List.of(
                RecipeCase.of("schema-json-to-json", "ORDERS_ENVELOPED", "orders-enveloped.>")
                        .record("orders-enveloped", "k".getBytes(UTF_8), order)
                        .stored("orders-enveloped.k {\"id\":5,\"price\":9.90,\"at\":1785587696789,"
                                + "\"tags\":[\"b\",\"a\"],\"note\":null}"),
                RecipeCase.of("keep-the-schema", "ORDERS_KEPT", "orders-kept.>")
                        .record("orders-kept", "k".getBytes(UTF_8), order)
                        .stored("orders-kept.k " + new String(order, UTF_8)));
    }

    private static List<RecipeCase> buckets() {
        String large = "x".repeat(3 << 20);
        return List.of(
                RecipeCase.of("customers-to-kv", "KV_customers")
                        .record("customers", "a.b", "1")
                        .record("customers", "c", "2")
                        .record("customers", "c", (String) null)
                        .stored("$KV.customers.a=2Eb 1")
                        .stored("$KV.customers.c 2")
                        .stored("$KV.customers.c {KV-Operation=[DEL]} "),
                RecipeCase.of("addresses-cdc", "KV_addresses")
                        .record(ADDRESSES, "{\"id\":1}", "{\"op\":\"r\",\"after\":{\"city\":\"Rome\"}}")
                        .record(ADDRESSES, "{\"id\":2}", "{\"op\":\"c\",\"after\":{\"city\":\"Bern\"}}")
                        .record(
                                ADDRESSES,
                                "{\"id\":1}",
                                "{\"op\":\"u\",\"before\":{\"city\":\"Rome\"},\"after\":{\"city\":\"Oslo\"}}")
                        .record(ADDRESSES, "{\"id\":2}", "{\"op\":\"d\",\"before\":{\"city\":\"Bern\"},\"after\":null}")
                        .record(ADDRESSES, "{\"id\":2}", (String) null)
                        .stored("$KV.addresses.1 {\"city\":\"Rome\"}")
                        .stored("$KV.addresses.2 {\"city\":\"Bern\"}")
                        .stored("$KV.addresses.1 {\"city\":\"Oslo\"}")
                        .stored("$KV.addresses.2 {KV-Operation=[DEL]} ")
                        .stored("$KV.addresses.2 {KV-Operation=[DEL]} "),
                RecipeCase.of("documents-to-nats", "DOCUMENTS")
                        .record("documents", "small", "s")
                        .record("documents", "large", large)
                        .stored("documents.small s")
                        .stored("documents.large {Jetsink-Object-Bucket=[LARGE], Jetsink-Object-Digest=["
                                + digest(large) + "], Jetsink-Object-Name=[documents-to-nats/documents/0/1],"
                                + " Jetsink-Object-Size=[3145728]} "));
    }

    /** Those of {@code config/connectors}. */
    private static List<RecipeCase> files() {
        return List.of(
                RecipeCase.of("payments-to-nats", "PAYMENTS", "payments.>")
                        .record("payments", "k", "{\"amount\": 1}")
                        .record("payments", "k", "no JSON")
                        .record("payments", "k", (String) null)
                        .stored("payments.0 {\"amount\":1}"),
                RecipeCase.of("telemetry-to-nats", "TELEMETRY", "telemetry.>")
                        .record("telemetry.rooms", "k", "20")
                        .record("telemetry.roof", "k", "9")
                        .stored("telemetry.rooms 20")
                        .stored("telemetry.roof 9"),
                RecipeCase.of("ledger-to-nats", "LEDGER")
                        .record("ledger", "k", "1")
                        .record("ledger", "k", (String) null)
                        .stored("ledger.0 1")
                        .stored("ledger.0 {Kafka-Tombstone=[true]} "),
                RecipeCase.of("clicks-to-nats", "CLICKS")
                        .record("clicks", "k", "1")
                        .record("clicks", "k", (String) null)
                        .stored("clicks.0 1"),
                RecipeCase.of("customers-to-nats", "CUSTOMERS", "customers.>")
                        .record("customers", "a b", "1")
                        .record("customers", null, "no key")
                        .record("customers", "a b", (String) null)
                        .stored("customers.a%20b 1")
                        .stored("customers.a%20b {Kafka-Tombstone=[true]} "),
                RecipeCase.of("prices-to-kv", "KV_prices")
                        .record("prices", "tea", "3")
                        .record("prices", "tea", "4")
                        .record("prices", "tea", (String) null)
                        .stored("$KV.prices.tea 3")
                        .stored("$KV.prices.tea 4")
                        .stored("$KV.prices.tea {KV-Operation=[DEL]} "),
                RecipeCase.of("quickstart", "ORDERS", "orders.>")
                        .record("orders", "k", "1")
                        .stored("orders.0 1"),
                RecipeCase.of("audit-to-nats", "AUDIT", "audit.>")
                        .record("audit", "k", "1")
                        .stored("audit.0 1"),
                RecipeCase.of("shipments-to-nats", "SHIPMENTS")
                        .record("shipments", "k", "v", "carrier", "sea", "internal-cost", "7", "traceparent", TRACE)
                        .record("shipments", "k", "back", "Jetsink-Origin", "kafka-eu")
                        .stored("shipments.k {Jetsink-Origin=[kafka-eu], Kafka-Key=[k], Kafka-Offset=[0],"
                                + " Kafka-Partition=[0], Kafka-Timestamp=[1785587696789], Kafka-Topic=[shipments],"
                                + " Nats-Msg-Id=[kafka-eu:shipments:0:0], Nats-TTL=[604800s], carrier=[sea],"
                                + " traceparent=[" + TRACE + "]} v"),
                RecipeCase.of("events-to-nats", "EVENTS", "events.>")
                        .record("events", "own", "{\"a\": 1}", ownEvent())
                        .record("events", "k", (String) null)
                        .stored("events.own {Content-Type=[application/cloudevents+json]}"
                                + " {\"specversion\":\"1.0\",\"id\":\"007\",\"source\":\"/orders\","
                                + "\"type\":\"com.example.order\",\"subject\":\"\u20ac 100%\","
                                + "\"datacontenttype\":\"application/json; charset=utf-8\","
                                + "\"data_base64\":\"eyJhIjogMX0=\"}"));
    }

    private static String[] ownEvent() {
        return new String[] {
            "ce_specversion", "1.0",
            "ce_id", "007",
            "ce_source", "/orders",
            "ce_type", "com.example.order",
            "ce_subject", "\u20ac 100%",
            "content-type", "application/json; charset=utf-8"
        };
    }

    /** As object stores write it. */
    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return "SHA-256=" + Base64.getUrlEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has it", e);
        }
    }

    private static byte[] invoice() {
        GenericData.Record invoice = new GenericData.Record(INVOICE);
        invoice.put("id", 5L);
        invoice.put("price", ByteBuffer.wrap(new byte[] {0x03, (byte) 0xde}));
        invoice.put("at", RecipeCase.TIME);
        return AvroRegistry.encode(AVRO_ID, invoice);
    }

    /** With its schema, as {@code JsonConverter} writes it. */
    private static byte[] order() {
        Schema schema = SchemaBuilder.struct()
                .name("Order")
                .field("id", Schema.INT64_SCHEMA)
                .field("price", Decimal.schema(2))
                .field("at", Timestamp.SCHEMA)
                .field("tags", SchemaBuilder.array(Schema.STRING_SCHEMA).build())
                .field("note", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        Struct order = new Struct(schema)
                .put("id", 5L)
                .put("price", new BigDecimal("9.90"))
                .put("at", Date.from(Instant.ofEpochMilli(RecipeCase.TIME)))
                .put("tags", List.of("b", "a"));
        try (JsonConverter converter = new JsonConverter()) {
            converter.configure(Map.of("decimal.format", "NUMERIC"), false);
            return converter.fromConnectData("orders", schema, order);
        }
    }
}
