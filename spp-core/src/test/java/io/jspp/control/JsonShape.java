package io.jspp.control;

/** Whether a text is one JSON object on one line, by RFC 8259 and nobody's library. */
final class JsonShape {
    private final String text;
    private int at;

    private JsonShape(String text) {
        this.text = text;
    }

    static void check(String text) {
        JsonShape shape = new JsonShape(text.strip());
        WireFuzz.check(shape.peek() == '{', "no object: " + text);
        shape.value();
        WireFuzz.check(shape.at == shape.text.length(), "text behind the object: " + text);
        WireFuzz.check(shape.text.indexOf('\n') < 0, "several lines: " + text);
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private void blanks() {
        while (peek() == ' ') {
            at++;
        }
    }

    private void expect(char c) {
        blanks();
        WireFuzz.check(peek() == c, "'" + c + "' expected at " + at + ": " + text);
        at++;
    }

    private void value() {
        blanks();
        switch (peek()) {
            case '{' -> members('}', true);
            case '[' -> members(']', false);
            case '"' -> string();
            default -> {
                int begin = at;
                while (Character.isLetterOrDigit(peek()) || "+-.".indexOf(peek()) >= 0 && at < text.length()) {
                    at++;
                }
                String word = text.substring(begin, at);
                WireFuzz.check(
                        word.matches("true|false|null|-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"),
                        "value " + word + ": " + text);
            }
        }
        blanks();
    }

    private void members(char end, boolean named) {
        at++;
        blanks();
        if (peek() == end) {
            at++;
            return;
        }
        while (true) {
            if (named) {
                blanks();
                string();
                expect(':');
            }
            value();
            if (peek() != ',') {
                break;
            }
            at++;
        }
        expect(end);
    }

    private void string() {
        expect('"');
        while (peek() != '"') {
            WireFuzz.check(peek() >= 0x20, "control character at " + at + ": " + text);
            at += peek() == '\\' ? 2 : 1;
        }
        at++;
    }
}
