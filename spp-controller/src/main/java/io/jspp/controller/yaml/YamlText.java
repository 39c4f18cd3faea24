package io.jspp.controller.yaml;

/**
 * An entry of a list.
 *
 * @param text as it is written
 * @param place {@code FILE:LINE}
 */
public record YamlText(String text, String place) {}
