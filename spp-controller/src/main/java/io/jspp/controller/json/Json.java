package io.jspp.controller.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * JSON text to plain values (Map, List, String, Number, Boolean, null; members keep their order) and back. Reading refuses
 * what a well-meaning peer never sends: nesting beyond 32, duplicate keys, anything after the value. Thread-safe.
 */
public final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxStringLength(64 * 1024)
                    .maxNumberLength(64)
                    .maxNameLength(256)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();
    private static final JSON VALUES = JSON.builder(FACTORY).build();

    private Json() {}

    /**
     * Parses one value that is the whole text.
     *
     * @throws IOException when the text is no JSON or breaks a limit; the message says where
     */
    public static Object parse(final String text) throws IOException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new IOException("empty text");
            }
            final Object value = VALUES.anyFrom(parser);
            if (parser.nextToken() != null) {
                throw new IOException(
                        "text after the value at " + parser.currentLocation().offsetDescription());
            }
            return value;
        }
    }

    /** As {@link #parse(String)} for bytes, which must be valid UTF-8. */
    public static Object parse(final byte[] utf8) throws IOException {
        try {
            return parse(StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
        } catch (final CharacterCodingException malformed) {
            throw new IOException("the text is no valid UTF-8", malformed);
        }
    }

    /** The value as an object, or null when it is none. */
    @SuppressWarnings("unchecked") // anyFrom gives objects as Map<String, Object>
    public static Map<String, Object> asObject(final Object value) {
        return value instanceof Map ? (Map<String, Object>) value : null;
    }

    /** The value as an array, empty when it is none. */
    public static List<?> asArray(final Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    /** The objects in an array, empty when the value is none. */
    public static List<Map<String, Object>> objects(final Object value) {
        return asArray(value).stream()
                .map(Json::asObject)
                .filter(object -> object != null)
                .toList();
    }

    /** The objects in an array member, empty when there is no such array, or no object to look into. */
    public static List<Map<String, Object>> objects(final Map<String, Object> object, final String member) {
        return objects(object == null ? null : object.get(member));
    }

    /** Writes a value as Python's {@code json.dumps} does: {@code {"a": 1, "b": [2, 3]}}, ASCII only. */
    public static String write(final Object value) {
        try {
            return VALUES.with(new PythonSpacing()).asString(value);
        } catch (final IOException cannotHappen) {
            throw new IllegalStateException("writing to a string", cannotHappen);
        }
    }

    private static final class PythonSpacing extends MinimalPrettyPrinter {
        private static final long serialVersionUID = 1L;

        @Override
        public void writeObjectFieldValueSeparator(final JsonGenerator generator) throws IOException {
            generator.writeRaw(": ");
        }

        @Override
        public void writeObjectEntrySeparator(final JsonGenerator generator) throws IOException {
            generator.writeRaw(", ");
        }

        @Override
        public void writeArrayValueSeparator(final JsonGenerator generator) throws IOException {
            generator.writeRaw(", ");
        }
    }
}
