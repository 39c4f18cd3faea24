/** Header views on off-heap bytes, checksums, the offload word: no objects per packet, no memory of their own. */
package io.jspp.net;
