package io.jspp.control;

import java.util.List;

/** An argument of several words that JSON holds as an object: the options of a process, a flow rule. Stateless. */
public interface WordsForm {
    /**
     * Checks the words.
     *
     * @return the canonical ones, or null when they are not allowed
     */
    List<String> check(List<String> words);

    /**
     * The words of a JSON value of maps, lists, strings, numbers and booleans.
     *
     * @return null when it has another form
     * @throws MissingKeyException when a member is missing
     */
    List<String> fromJson(Object json) throws MissingKeyException;

    /** The JSON object of checked words. */
    Object toJson(List<String> words);

    /** A member of the object is missing. */
    final class MissingKeyException extends Exception {
        private static final long serialVersionUID = 1L;

        /** @param key name of the member */
        MissingKeyException(final String key) {
            super(key, null, false, false);
        }
    }
}
