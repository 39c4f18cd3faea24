package io.jspp.port.pcap;

import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortId;
import io.jspp.port.PortType;

/**
 * {@code pcap:N}: made by {@code add}, it reads {@code spp-rx<N>.pcap} and writes {@code spp-tx<N>.pcap} in the socket directory, the
 * former made empty when missing; made by {@code --vdev net_pcapN}, it uses the files named there.
 */
public final class PcapPortType implements PortType {
    static final String NAME = "pcap";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String sentence() {
        return "capture files: reads spp-rx<N>.pcap, writes spp-tx<N>.pcap";
    }

    @Override
    public boolean addable() {
        return true;
    }

    @Override
    public Port open(PortId id, PortContext context) {
        return new PcapPort(id, context);
    }
}
