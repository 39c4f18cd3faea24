package io.jspp.testing;

import io.jspp.control.JsonWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What fuzzers of REST make requests from: routes, JSON of given words, damage. Repeatable by its random source. */
public final class RandomRequests {
    private static final Pattern ROUTE = Pattern.compile("  (/v[12]/[^:]+):|    (get|put|post|delete):");
    private static final int MAX_DEPTH = 3;

    private final Random random;
    private final String[] members;
    private final String[] words;

    /**
     * @param members names of members of objects
     * @param words texts as values
     */
    public RandomRequests(Random random, String[] members, String[] words) {
        this.random = random;
        this.members = members.clone();
        this.words = words.clone();
    }

    /** The routes of an OpenAPI file as the controller has it, {@code PUT /v1/nfvs/{id}/ports}, but streams, which have no end to wait for. */
    public static List<String> routes(String openApi) {
        List<String> routes = new ArrayList<>();
        String path = "";
        for (String line : openApi.split("\n")) {
            Matcher found = ROUTE.matcher(line);
            if (found.matches() && found.group(1) != null) {
                path = found.group(1);
            } else if (found.matches() && !path.endsWith("/events")) {
                routes.add(found.group(2).toUpperCase(Locale.ROOT) + ' ' + path);
            }
        }
        return routes;
    }

    public String pick(String[] choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** The text of a JSON object, mostly of few members. */
    public String object() {
        StringBuilder text = new StringBuilder();
        object(text, 0);
        return text.toString();
    }

    private void object(StringBuilder text, int depth) {
        Set<String> names = new LinkedHashSet<>();
        for (int n = random.nextInt(7); n > 0; n--) {
            names.add(pick(members));
        }
        String separator = "{";
        for (String name : names) {
            text.append(separator).append(quoted(name)).append(": ");
            value(text, depth);
            separator = ", ";
        }
        text.append(names.isEmpty() ? "{}" : "}");
    }

    private void value(StringBuilder text, int depth) {
        switch (random.nextInt(depth > MAX_DEPTH ? 5 : 9)) {
            case 0 -> text.append(random.nextInt(300) - 20);
            case 1 -> text.append(random.nextBoolean());
            case 2 -> text.append("null");
            case 3 -> text.append(random.nextDouble() * 1e300);
            case 5 -> object(text, depth + 1);
            case 6 -> array(text, depth);
            default -> text.append(quoted(pick(words)));
        }
    }

    private void array(StringBuilder text, int depth) {
        text.append('[');
        for (int n = random.nextInt(5); n > 0; n--) {
            value(text, depth + 1);
            text.append(n > 1 ? ", " : "");
        }
        text.append(']');
    }

    private static String quoted(String text) {
        return new JsonWriter().value(text).toString();
    }

    /** A copy with up to five other bytes, none of them among the first. */
    public byte[] damaged(byte[] whole, int first) {
        byte[] bytes = whole.clone();
        for (int n = 1 + random.nextInt(5); n > 0; n--) {
            bytes[first + random.nextInt(bytes.length - first)] = (byte) random.nextInt(256);
        }
        return bytes;
    }
}
