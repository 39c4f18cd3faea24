/** System calls over jnr-ffi, errno names, struct layouts; the only package that imports jnr. */
package io.jspp.linux;
