package io.jetsink.metrics;

import java.util.function.Supplier;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;

/** One set of metrics as read-only attributes. */
final class MetricsMBean implements DynamicMBean {
    private static final String READ_ONLY = "metrics are read-only";

    private final MetricSet set;

    MetricsMBean(MetricSet set) {
        this.set = set;
    }

    @Override
    public Object getAttribute(String attribute) throws AttributeNotFoundException {
        return value(attribute).get();
    }

    private Supplier<Number> value(String attribute) throws AttributeNotFoundException {
        for (var metric : set.values().entrySet()) {
            if (metric.getKey().id().equals(attribute)) {
                return metric.getValue();
            }
        }
        throw new AttributeNotFoundException("there is no metric " + attribute);
    }

    @Override
    public AttributeList getAttributes(String[] attributes) {
        AttributeList list = new AttributeList();
        for (String attribute : attributes) {
            try {
                list.add(new Attribute(attribute, getAttribute(attribute)));
            } catch (AttributeNotFoundException unknown) {
                // By contract an attribute that cannot be read is left out.
                continue;
            }
        }
        return list;
    }

    /** Returns the type double for every attribute, as Kafka does, whatever the type of the value. */
    @Override
    public MBeanInfo getMBeanInfo() {
        MBeanAttributeInfo[] attributes = set.values().keySet().stream()
                .map(metric -> new MBeanAttributeInfo(
                        metric.id(), double.class.getName(), metric.description(), true, false, false))
                .toArray(MBeanAttributeInfo[]::new);
        return new MBeanInfo(MetricsMBean.class.getName(), "Metrics of a task", attributes, null, null, null);
    }

    @Override
    public void setAttribute(Attribute attribute) {
        throw new UnsupportedOperationException(READ_ONLY);
    }

    @Override
    public AttributeList setAttributes(AttributeList attributes) {
        throw new UnsupportedOperationException(READ_ONLY);
    }

    @Override
    public Object invoke(String action, Object[] parameters, String[] signature) {
        throw new UnsupportedOperationException(READ_ONLY);
    }
}
