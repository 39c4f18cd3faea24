package io.jspp.controller.shell;

import java.util.ArrayList;
import java.util.List;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/** Cuts the typed line for completion: words end at blanks and behind a semicolon. There is no quoting. */
final class ShellParser implements Parser {
    @Override
    public ParsedLine parse(final String line, final int cursor, final ParseContext context) {
        final List<String> words = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < cursor; i++) {
            if (isSeparator(line.charAt(i))) {
                words.add(line.substring(begin, i));
                begin = i + 1;
            }
        }
        words.add(line.substring(begin, cursor));
        return new Line(line, cursor, List.copyOf(words));
    }

    static boolean isSeparator(final char c) {
        return Character.isWhitespace(c) || c == ';';
    }

    private record Line(String line, int cursor, List<String> words) implements ParsedLine {
        @Override
        public String word() {
            return words.get(words.size() - 1);
        }

        @Override
        public int wordCursor() {
            return word().length();
        }

        @Override
        public int wordIndex() {
            return words.size() - 1;
        }
    }
}
