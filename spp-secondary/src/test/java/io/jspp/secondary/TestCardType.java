package io.jspp.secondary;

import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.port.PortType;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.port.nullpmd.NullPortType;

/** {@code card:N}: a port whose guest comes and goes as the test says; packets as of a nullpmd port. Odd ones have one queue, even ones two. */
public final class TestCardType implements PortType {
    @Override
    public String name() {
        return "card";
    }

    @Override
    public String sentence() {
        return "for tests";
    }

    @Override
    public boolean addable() {
        return true;
    }

    @Override
    public Port open(PortId id, PortContext context) {
        return new Card(id, new NullPortType().open(id, context));
    }

    static final class Card implements Port {
        private final PortId id;
        private final Port inner;
        volatile PortState.Phase phase = PortState.Phase.LISTENING;

        private Card(PortId id, Port inner) {
            this.id = id;
            this.inner = inner;
        }

        @Override
        public PortId id() {
            return id;
        }

        @Override
        public PortState state() {
            return new PortState(phase, PortState.UP.reason());
        }

        @Override
        public int rxQueues() {
            return 2 - id.index() % 2;
        }

        @Override
        public int txQueues() {
            return rxQueues();
        }

        @Override
        public RxQueue openRx(int queue) {
            return inner.openRx(queue);
        }

        @Override
        public TxQueue openTx(int queue) {
            return inner.openTx(queue);
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
