package io.jspp.vhostuser;

import java.util.HashMap;
import java.util.Map;

/**
 * The requests we honour, one row each: number, payload bytes, descriptors, what is answered, who handles it. A request without a row belongs to
 * a protocol feature that is not offered, and is refused.
 *
 * <p>Source: QEMU docs/interop/vhost-user.rst, "Front-end message types".
 */
enum MessageType {
    GET_FEATURES(Requests.GET_FEATURES, 0, 0, 0, Answer.VALUE, (s, m) -> s.features.getFeatures(m)),
    SET_FEATURES(Requests.SET_FEATURES, 8, 8, 0, Answer.IF_ASKED, (s, m) -> s.features.setFeatures(m)),
    SET_OWNER(Requests.SET_OWNER, 0, 8, 0, Answer.IF_ASKED, Session::setOwner),
    RESET_OWNER(Requests.RESET_OWNER, 0, 8, 0, Answer.IF_ASKED, Session::resetOwner),
    SET_MEM_TABLE(
            Requests.SET_MEM_TABLE,
            MemoryTable.HEADER_BYTES,
            MemoryTable.MAX_BYTES,
            MemoryTable.MAX_REGIONS,
            Answer.IF_ASKED,
            (s, m) -> s.memory.setTable(m)),
    SET_LOG_BASE(Requests.SET_LOG_BASE, 16, 16, 1, Answer.VALUE, (s, m) -> s.memory.setLogBase(m)),
    SET_LOG_FD(Requests.SET_LOG_FD, 0, 8, 1, Answer.IF_ASKED, (s, m) -> s.memory.setLogDescriptor(m)),
    SET_VRING_NUM(Requests.SET_VRING_NUM, 8, 8, 0, Answer.IF_ASKED, (s, m) -> s.rings.setSize(m)),
    SET_VRING_ADDR(Requests.SET_VRING_ADDR, 40, 40, 0, Answer.IF_ASKED, (s, m) -> s.rings.setAddress(m)),
    SET_VRING_BASE(Requests.SET_VRING_BASE, 8, 8, 0, Answer.IF_ASKED, (s, m) -> s.rings.setBase(m)),
    GET_VRING_BASE(Requests.GET_VRING_BASE, 8, 8, 0, Answer.VALUE, (s, m) -> s.rings.getBase(m)),
    SET_VRING_KICK(Requests.SET_VRING_KICK, 8, 8, 1, Answer.IF_ASKED, (s, m) -> s.rings.setKick(m)),
    SET_VRING_CALL(Requests.SET_VRING_CALL, 8, 8, 1, Answer.IF_ASKED, (s, m) -> s.rings.setCall(m)),
    SET_VRING_ERR(Requests.SET_VRING_ERR, 8, 8, 1, Answer.IF_ASKED, (s, m) -> s.rings.setError(m)),
    GET_PROTOCOL_FEATURES(
            Requests.GET_PROTOCOL_FEATURES, 0, 0, 0, Answer.VALUE, (s, m) -> s.features.getProtocolFeatures(m)),
    SET_PROTOCOL_FEATURES(
            Requests.SET_PROTOCOL_FEATURES, 8, 8, 0, Answer.IF_ASKED, (s, m) -> s.features.setProtocolFeatures(m)),
    GET_QUEUE_NUM(Requests.GET_QUEUE_NUM, 0, 0, 0, Answer.VALUE, (s, m) -> s.features.getQueueNum(m)),
    SET_VRING_ENABLE(Requests.SET_VRING_ENABLE, 8, 8, 0, Answer.IF_ASKED, (s, m) -> s.rings.setEnable(m)),
    SEND_RARP(Requests.SEND_RARP, 8, 8, 0, Answer.IF_ASKED, Session::sendRarp),
    NET_SET_MTU(Requests.NET_SET_MTU, 8, 8, 0, Answer.IF_ASKED, (s, m) -> s.features.setMtu(m)),
    SET_BACKEND_REQ_FD(Requests.SET_BACKEND_REQ_FD, 0, 8, 1, Answer.IF_ASKED, Session::setBackendChannel),
    RESET_DEVICE(Requests.RESET_DEVICE, 0, 8, 0, Answer.IF_ASKED, Session::resetDevice),
    GET_MAX_MEM_SLOTS(Requests.GET_MAX_MEM_SLOTS, 0, 0, 0, Answer.VALUE, (s, m) -> s.memory.getMaxSlots(m)),
    ADD_MEM_REG(
            Requests.ADD_MEM_REG,
            MemoryTable.ONE_ROW_BYTES,
            MemoryTable.ONE_ROW_BYTES,
            1,
            Answer.IF_ASKED,
            (s, m) -> s.memory.addRegion(m)),
    REM_MEM_REG(
            Requests.REM_MEM_REG,
            MemoryTable.ONE_ROW_BYTES,
            MemoryTable.ONE_ROW_BYTES,
            1,
            Answer.IF_ASKED,
            (s, m) -> s.memory.removeRegion(m)),
    SET_STATUS(Requests.SET_STATUS, 8, 8, 0, Answer.IF_ASKED, Session::setStatus),
    GET_STATUS(Requests.GET_STATUS, 0, 0, 0, Answer.VALUE, Session::getStatus);

    /** When a reply of eight bytes goes back. */
    enum Answer {
        /** Always: the handler's result. */
        VALUE,
        /** 0 for done, 1 for refused, if the request has NEED_REPLY. */
        IF_ASKED
    }

    /** Does what a request asks, or throws and changes nothing. */
    @FunctionalInterface
    interface Handler {
        long handle(Session session, Message message) throws RequestRefused;
    }

    private static final Map<Integer, MessageType> BY_REQUEST = new HashMap<>();

    static {
        for (MessageType type : values()) {
            BY_REQUEST.put(type.request, type);
        }
    }

    private final int request;
    private final int minPayload;
    private final int maxPayload;
    private final int maxDescriptors;
    final Answer answer;
    final Handler handler;

    MessageType(int request, int minPayload, int maxPayload, int maxDescriptors, Answer answer, Handler handler) {
        this.request = request;
        this.minPayload = minPayload;
        this.maxPayload = maxPayload;
        this.maxDescriptors = maxDescriptors;
        this.answer = answer;
        this.handler = handler;
    }

    /** The row for a request, or null. */
    static MessageType of(int request) {
        return BY_REQUEST.get(request);
    }

    /** Compares a message with its row. */
    void check(Message message) throws RequestRefused {
        int size = message.payloadBytes();
        if (size < minPayload || size > maxPayload) {
            String expected = minPayload == maxPayload ? "" + minPayload : minPayload + " to " + maxPayload;
            throw new RequestRefused("payload of " + size + " bytes, " + expected + " expected");
        }
        if (message.descriptorCount() > maxDescriptors) {
            throw new RequestRefused(
                    message.descriptorCount() + " descriptors, at most " + maxDescriptors + " expected");
        }
    }
}
