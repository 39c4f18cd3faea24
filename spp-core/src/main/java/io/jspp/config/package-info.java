/**
 * What an operator may say: command-line words, configuration keys, places. Every process parses through here, so that a
 * word means the same everywhere. Control threads only; nothing here is called while packets flow.
 */
package io.jspp.config;
