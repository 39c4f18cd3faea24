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
    GET_FEATURES(Requests.GET_FEATURES, 0, 0, 0, Answer.VALUE, Session::getFeatures),
    SET_FEATURES(Requests.SET_FEATURES, 8, 8, 0, Answer.IF_ASKED, Session::setFeatures),
    SET_OWNER(Requests.SET_OWNER, 0, 8, 0, Answer.IF_ASKED, Session::setOwner),
    RESET_OWNER(Requests.RESET_OWNER, 0, 8, 0, Answer.IF_ASKED, Session::resetOwner),
    SET_MEM_TABLE(
            Requests.SET_MEM_TABLE,
            MemoryTable.HEADER_BYTES,
            MemoryTable.MAX_BYTES,
            MemoryTable.MAX_REGIONS,
            Answer.IF_ASKED,
            Session::setMemoryTable),
    SET_VRING_NUM(Requests.SET_VRING_NUM, 8, 8, 0, Answer.IF_ASKED, Session::setVringNum),
    SET_VRING_ADDR(Requests.SET_VRING_ADDR, 40, 40, 0, Answer.IF_ASKED, Session::setVringAddress),
    SET_VRING_BASE(Requests.SET_VRING_BASE, 8, 8, 0, Answer.IF_ASKED, Session::setVringBase),
    GET_VRING_BASE(Requests.GET_VRING_BASE, 8, 8, 0, Answer.VALUE, Session::getVringBase),
    SET_VRING_KICK(Requests.SET_VRING_KICK, 8, 8, 1, Answer.IF_ASKED, Session::setVringKick),
    SET_VRING_CALL(Requests.SET_VRING_CALL, 8, 8, 1, Answer.IF_ASKED, Session::setVringCall),
    SET_VRING_ERR(Requests.SET_VRING_ERR, 8, 8, 1, Answer.IF_ASKED, Session::setVringError),
    GET_PROTOCOL_FEATURES(Requests.GET_PROTOCOL_FEATURES, 0, 0, 0, Answer.VALUE, Session::getProtocolFeatures),
    SET_PROTOCOL_FEATURES(Requests.SET_PROTOCOL_FEATURES, 8, 8, 0, Answer.IF_ASKED, Session::setProtocolFeatures),
    GET_QUEUE_NUM(Requests.GET_QUEUE_NUM, 0, 0, 0, Answer.VALUE, Session::getQueueNum),
    SET_VRING_ENABLE(Requests.SET_VRING_ENABLE, 8, 8, 0, Answer.IF_ASKED, Session::setVringEnable),
    NET_SET_MTU(Requests.NET_SET_MTU, 8, 8, 0, Answer.IF_ASKED, Session::setMtu),
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
