package io.jspp.attach;

import io.jspp.state.Cause;

/** A request that was refused, or an answer that makes no sense; the message is a sentence for the operator. */
public final class AttachException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Record that can't be read, or unknown request. */
    public static final String MALFORMED = "malformed";
    /** Other protocol version. */
    public static final String VERSION = "version";
    /** Client id in use by another process, or credentials of another user. */
    public static final String REFUSED = "refused";
    /** Somebody else holds the claim. */
    public static final String BUSY = "busy";
    /** No such port, queue or device. */
    public static final String ABSENT = "absent";
    /** The offered segment isn't the one in use. */
    public static final String STALE = "stale";
    /** To be asked again in a moment. */
    public static final String AGAIN = "again";
    /** Anything else: device can't be opened, pool exhausted. */
    public static final String FAILED = "failed";
    /** The primary is not there or doesn't answer. */
    public static final String UNREACHABLE = "unreachable";

    private final String code;

    /** @param code one of the constants */
    public AttachException(String code, String sentence) {
        super(sentence);
        this.code = code;
    }

    public AttachException(String code, String sentence, Throwable cause) {
        super(sentence, cause);
        this.code = code;
    }

    public String code() {
        return code;
    }

    /** What it means for who wanted a port. */
    public Cause why() {
        return switch (code) {
            case BUSY -> Cause.CLAIMED_ELSEWHERE;
            case ABSENT -> Cause.NO_DEVICE;
            case UNREACHABLE -> Cause.NO_PRIMARY;
            default -> Cause.REFUSED;
        };
    }
}
