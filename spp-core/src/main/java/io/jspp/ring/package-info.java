/** Single-producer single-consumer rings of handles in shared memory; knows nothing of mbufs. */
package io.jspp.ring;
