package io.jspp.attach;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One record: words, then attributes {@code key=value}, separated by single spaces, ASCII. In words and values, percent sign, equals sign,
 * space, control and non-ASCII bytes are written {@code %XX}. Immutable.
 *
 * @param words at least one: the verb and its positional arguments
 * @param attributes named values in order
 */
public record AttachMessage(List<String> words, Map<String, String> attributes) {
    /** Longest record in bytes. */
    public static final int MAX_BYTES = 65_536;

    private static final int MAX_PARTS = 4096;

    public AttachMessage {
        words = List.copyOf(words);
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        if (words.isEmpty() || words.get(0).isEmpty()) {
            throw new IllegalArgumentException("attach message without a verb");
        }
    }

    /** A message without attributes. */
    public static AttachMessage of(String... words) {
        return new AttachMessage(List.of(words), Map.of());
    }

    /** This message with one more attribute. */
    public AttachMessage with(String key, Object value) {
        Map<String, String> more = new LinkedHashMap<>(attributes);
        more.put(key, String.valueOf(value));
        return new AttachMessage(words, more);
    }

    /** This message with more attributes. */
    public AttachMessage with(Map<String, String> others) {
        Map<String, String> more = new LinkedHashMap<>(attributes);
        more.putAll(others);
        return new AttachMessage(words, more);
    }

    public String verb() {
        return words.get(0);
    }

    /** Positional argument {@code i} from 1 on. */
    public String word(int i) throws AttachException {
        if (i >= words.size()) {
            throw new AttachException(AttachException.MALFORMED, "message " + verb() + " lacks word " + i);
        }
        return words.get(i);
    }

    /** An attribute, or {@code absent} when it isn't there. */
    public String attribute(String key, String absent) {
        return attributes.getOrDefault(key, absent);
    }

    /** A non-negative number. */
    public long number(String key, long absent) throws AttachException {
        String text = attributes.get(key);
        if (text == null) {
            return absent;
        }
        if (!text.matches("[0-9]{1,18}")) {
            throw new AttachException(AttachException.MALFORMED, "message " + verb() + ": " + key + " is no number");
        }
        return Long.parseLong(text);
    }

    /** The record's bytes. */
    public byte[] encode() {
        StringBuilder text = new StringBuilder();
        for (String word : words) {
            escape(text.isEmpty() ? text : text.append(' '), word);
        }
        attributes.forEach((key, value) -> {
            escape(text.append(' '), key);
            escape(text.append('='), value);
        });
        byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("attach message of " + bytes.length + " bytes, limit " + MAX_BYTES);
        }
        return bytes;
    }

    /** Reads a record from a peer that may be hostile. */
    public static AttachMessage decode(byte[] bytes, int length) throws AttachException {
        for (int i = 0; i < length; i++) {
            if (bytes[i] < 0x20 || bytes[i] > 0x7e) {
                throw new AttachException(AttachException.MALFORMED, "byte " + (bytes[i] & 0xff) + " at " + i);
            }
        }
        String[] parts = new String(bytes, 0, length, StandardCharsets.US_ASCII).split(" ", MAX_PARTS + 1);
        if (parts.length > MAX_PARTS) {
            throw new AttachException(AttachException.MALFORMED, "more than " + MAX_PARTS + " parts");
        }
        List<String> words = new ArrayList<>();
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String part : parts) {
            int equals = part.indexOf('=');
            if (part.isEmpty() || equals == 0) {
                throw new AttachException(AttachException.MALFORMED, "empty word or attribute name");
            }
            if (equals < 0) {
                words.add(unescape(part));
            } else if (attributes.put(unescape(part.substring(0, equals)), unescape(part.substring(equals + 1)))
                    != null) {
                throw new AttachException(AttachException.MALFORMED, "attribute given twice");
            }
        }
        if (words.isEmpty()) {
            throw new AttachException(AttachException.MALFORMED, "no verb");
        }
        return new AttachMessage(words, attributes);
    }

    private static void escape(StringBuilder out, String text) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b <= 0x20 || b == 0x7f || b == '%' || b == '=') {
                out.append('%').append(String.format("%02X", b & 0xff));
            } else {
                out.append((char) b);
            }
        }
    }

    private static String unescape(String text) throws AttachException {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = new byte[text.length()];
        int n = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                if (i + 2 >= text.length() || !text.substring(i + 1, i + 3).matches("[0-9A-F]{2}")) {
                    throw new AttachException(AttachException.MALFORMED, "percent sign without two hexadecimal digits");
                }
                bytes[n++] = (byte) Integer.parseInt(text.substring(i + 1, i + 3), 16);
                i += 2;
            } else {
                bytes[n++] = (byte) c;
            }
        }
        return new String(bytes, 0, n, StandardCharsets.UTF_8);
    }

    /** As on the wire. */
    @Override
    public String toString() {
        return new String(encode(), StandardCharsets.US_ASCII);
    }
}
