package io.jspp.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Options of a process to launch: {@code -l 1,2 --proc-type secondary -m 512}, in JSON {@code {"-l":"1,2",…}}. As with SPP, members of an object
 * that are no known options are left out, the others come in the order of the list here, and one with {@code null} or an empty text has no value.
 * A list of texts is an option given several times.
 */
final class LaunchOptions implements WordsForm {
    /** EAL options in SPP's order. */
    static final LaunchOptions EAL = new LaunchOptions(
            Set.of("-c", "-l", "--lcores"),
            List.of(
                    "-c",
                    "-l",
                    "--lcores",
                    "--main-lcore",
                    "--master-lcore",
                    "-s",
                    "-b",
                    "--pci-blacklist",
                    "-w",
                    "--pci-whitelist",
                    "--vdev",
                    "-d",
                    "--no-pci",
                    "--proc-type",
                    "-n",
                    "-r",
                    "-m",
                    "--in-memory",
                    "--iova-mode",
                    "--no-shconf",
                    "--no-huge",
                    "--log-level",
                    "--file-prefix",
                    "--create-uio-dev",
                    "--vmware-tsc-map",
                    "--no-hpet",
                    "--vfio-intr",
                    "--base-virtaddr",
                    "--legacy-mem",
                    "--socket-mem",
                    "--socket-limit",
                    "--single-file-segments",
                    "--huge-dir",
                    "--huge-unlink",
                    "--match-allocations",
                    "--syslog",
                    "-v"));

    /** Options of the processes, SPP's first. */
    static final LaunchOptions APPLICATION = new LaunchOptions(
            Set.of(),
            List.of(
                    "-n",
                    "--client-id",
                    "-s",
                    "--vhost-client",
                    "-c",
                    "--out-dir",
                    "--fsize",
                    "--busy",
                    "--fresh",
                    "--wait",
                    "--log-level"));

    private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7e]{1,512}");

    private static final Pattern TEXT = Pattern.compile("[\\x20-\\x7e]*");

    private final Set<String> needed;
    private final List<String> known;

    /** @param needed one of these must be there; empty: none */
    private LaunchOptions(final Set<String> needed, final List<String> known) {
        this.needed = needed;
        this.known = known;
    }

    @Override
    public List<String> check(final List<String> words) {
        final boolean complete = needed.isEmpty() || words.stream().anyMatch(needed::contains);
        final boolean readable =
                words.stream().allMatch(word -> PRINTABLE.matcher(word).matches());
        return complete && readable && (words.isEmpty() || isOption(words.get(0))) ? words : null;
    }

    /** {@code -1} is a value. */
    private static boolean isOption(final String word) {
        return word.length() > 1 && word.charAt(0) == '-' && !Character.isDigit(word.charAt(1));
    }

    @Override
    public List<String> fromJson(final Object json) {
        if (!(json instanceof Map<?, ?> options)) {
            return null;
        }
        final List<String> words = new ArrayList<>();
        for (final String option : known) {
            if (options.containsKey(option)) {
                final Object given = options.get(option);
                for (final Object one : given instanceof List<?> several ? several : listOf(given)) {
                    words.add(option);
                    if (one instanceof Map || one instanceof List) {
                        return null;
                    }
                    final String text = one == null ? "" : one.toString();
                    final List<String> values = CommandCodec.words(text);
                    if (!TEXT.matcher(text).matches() || values.stream().anyMatch(LaunchOptions::isOption)) {
                        return null; // a value that goes on with options would bring unknown ones in
                    }
                    words.addAll(values);
                }
            }
        }
        return check(words);
    }

    private static List<Object> listOf(final Object value) {
        final List<Object> list = new ArrayList<>();
        list.add(value);
        return list;
    }

    @Override
    public Object toJson(final List<String> words) {
        final Map<String, Object> options = new LinkedHashMap<>();
        int at = 0;
        while (at < words.size()) {
            final String word = words.get(at++);
            final int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            final String option = equals < 0 ? word : word.substring(0, equals);
            final StringBuilder value = new StringBuilder(equals < 0 ? "" : word.substring(equals + 1));
            while (at < words.size() && !isOption(words.get(at))) {
                value.append(value.isEmpty() ? "" : " ").append(words.get(at++));
            }
            options.merge(option, value.toString(), LaunchOptions::both);
        }
        return options;
    }

    private static Object both(final Object before, final Object more) {
        final List<Object> list = new ArrayList<>();
        if (before instanceof List<?> several) {
            list.addAll(several);
        } else {
            list.add(before);
        }
        list.add(more);
        return list;
    }
}
