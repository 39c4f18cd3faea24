package io.jspp.flow;

import java.util.List;

/**
 * One layer of a pattern: Ethernet addresses and type, or a VLAN tag. Every field has a value, the end of a range and a mask, each as big-endian
 * number; a bit of the value counts where the mask has one. Immutable.
 */
public final class FlowItem {
    /** A field of a layer. */
    public enum Field {
        DST("dst", 48),
        SRC("src", 48),
        TYPE("type", 16),
        TCI("tci", 16),
        INNER_TYPE("inner_type", 16);

        private final String word;
        private final int bits;

        Field(String word, int bits) {
            this.word = word;
            this.bits = bits;
        }

        public String word() {
            return word;
        }

        /** All bits of the field. */
        public long full() {
            return (1L << bits) - 1;
        }

        public boolean isAddress() {
            return bits == 48;
        }

        int bits() {
            return bits;
        }
    }

    /** Which layer. */
    public enum Layer {
        ETH("eth", List.of(Field.DST, Field.SRC, Field.TYPE)),
        VLAN("vlan", List.of(Field.TCI, Field.INNER_TYPE));

        private final String word;
        private final List<Field> fields;

        Layer(String word, List<Field> fields) {
            this.word = word;
            this.fields = fields;
        }

        public String word() {
            return word;
        }

        public List<Field> fields() {
            return fields;
        }
    }

    private final Layer layer;
    private final long[] spec;
    private final long[] last;
    private final long[] mask;

    /** Values by {@link Field#ordinal}; a null array was not given at all. */
    FlowItem(Layer layer, long[] spec, long[] last, long[] mask) {
        this.layer = layer;
        this.spec = spec;
        this.last = last;
        this.mask = mask;
    }

    public Layer layer() {
        return layer;
    }

    public boolean hasSpec() {
        return spec != null;
    }

    public boolean hasLast() {
        return last != null;
    }

    public boolean hasMask() {
        return mask != null;
    }

    /** Value to compare with. */
    public long spec(Field field) {
        return spec == null ? 0 : spec[field.ordinal()];
    }

    /** End of the range that begins with {@link #spec}. */
    public long last(Field field) {
        return last == null ? 0 : last[field.ordinal()];
    }

    /** Bits that count. */
    public long mask(Field field) {
        return mask == null ? 0 : mask[field.ordinal()];
    }
}
