/** {@code ./spp guest}: a vhost-user front-end that pings, answers, generates and checks traffic, in place of a virtual machine. */
package io.jspp.secondary.guest;
