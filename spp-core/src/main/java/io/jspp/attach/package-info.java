/**
 * How secondaries attach to the primary: a SOCK_SEQPACKET UNIX socket, one text record per message, descriptors beside it (SCM_RIGHTS).
 * The client asks, the primary answers, nothing is sent unasked:
 *
 * <pre>
 *   hello version=1 id=1 type=nfv [segment=1 epoch=7 claims=ring:0/0/tx,... eventfds=ring:0,...] + segment fd, ring eventfds when re-attaching
 *       ok epoch=8 resume=0|1                                    + segment fd
 *   devices                     ok phy:0=RXQUEUES/TXQUEUES/MAC ...
 *   claim phy:0 0 rx            ok KEY=VALUE ...                 + descriptors of the port type
 *   release phy:0 0 rx          ok
 *   bye forget=0|1              ok
 *   anything                    error CODE sentence...
 * </pre>
 *
 * Every request carries {@code seq=N} and its reply repeats it, so that a late reply is never taken for another one.
 */
package io.jspp.attach;
