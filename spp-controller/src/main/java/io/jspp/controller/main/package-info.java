/** What the commands have in common whose words picocli parses. */
package io.jspp.controller.main;
