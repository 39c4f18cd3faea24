package io.jspp.controller.replay;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Recorded exchanges, from a resource whose first lines explain its form. */
final class Transcript {
    private Transcript() {}

    /**
     * One request and what followed.
     *
     * @param command what was typed; empty where nothing was
     * @param request method and path
     * @param body null for none
     * @param status of SPP's answer
     * @param text of SPP's answer, empty for none
     * @param ours where we answer otherwise: status and how the text begins; else null
     * @param process who was sent something, or null
     * @param wire what he was sent
     * @param reply what he replied
     */
    record Exchange(
            String command,
            String request,
            String body,
            int status,
            String text,
            String ours,
            String process,
            String wire,
            String reply) {
        String method() {
            return request.substring(0, request.indexOf(' '));
        }

        String path() {
            return request.substring(request.indexOf(' ') + 1);
        }
    }

    static List<Exchange> read(final String name) {
        final List<Exchange> exchanges = new ArrayList<>();
        for (final String block : text(name).split("\n\n")) {
            if (block.contains("\n> ") || block.startsWith("> ")) {
                exchanges.add(parse(block));
            }
        }
        return exchanges;
    }

    private static Exchange parse(final String block) {
        final String answer = value(block, "< ");
        final int blank = answer.indexOf(' ');
        final String text = value(block, "text: ");
        final String wire = value(block, "wire: ");
        final String reply = value(block, "reply: ");
        return new Exchange(
                or(value(block, "command: "), ""),
                value(block, "> "),
                value(block, "body: "),
                Integer.parseInt(blank < 0 ? answer : answer.substring(0, blank)),
                text != null ? text : blank < 0 ? "" : answer.substring(blank + 1),
                value(block, "ours: "),
                wire == null ? null : wire.substring(0, wire.indexOf(' ')),
                wire == null ? null : wire.substring(wire.indexOf(' ') + 1),
                reply == null ? null : reply.replace("\\0", "\0"));
    }

    private static String value(final String block, final String label) {
        for (final String line : block.split("\n")) {
            if (line.startsWith(label)) {
                return line.substring(label.length());
            }
            if (line.equals(label.strip())) {
                return "";
            }
        }
        return null;
    }

    private static String or(final String value, final String otherwise) {
        return value == null ? otherwise : value;
    }

    private static String text(final String name) {
        try (InputStream in = Transcript.class.getResourceAsStream("/transcripts/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
