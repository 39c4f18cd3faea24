package io.jspp.port.vhost;

import io.jspp.mbuf.Burst;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.worker.Component;

/** From one queue to another, by the contract of the port interfaces. */
final class TestPatch implements Component {
    final RxQueue rx;
    final TxQueue tx;
    private final Burst burst = new Burst();

    TestPatch(RxQueue rx, TxQueue tx) {
        this.rx = rx;
        this.tx = tx;
    }

    @Override
    public String name() {
        return "test patch";
    }

    @Override
    public int poll(long nowNs) {
        int n = rx.rxBurst(burst);
        if (n > 0) {
            tx.txBurst(burst);
            rx.release(burst);
            burst.clear();
            tx.flush();
        }
        return n;
    }

    @Override
    public boolean arm() {
        return rx.arm();
    }

    @Override
    public void disarm() {
        rx.disarm();
    }

    @Override
    public int[] wakeFds() {
        return new int[] {rx.wakeFd()};
    }

    @Override
    public void recover() {
        rx.checkMemory();
        tx.checkMemory();
        rx.release(burst);
        burst.clear();
    }
}
