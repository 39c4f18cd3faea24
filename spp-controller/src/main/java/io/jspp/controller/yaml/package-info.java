/** YAML files that people write by hand: read strictly, every complaint with file and line. */
package io.jspp.controller.yaml;
