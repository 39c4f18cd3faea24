/** {@code ./spp vm-args}: what to start a virtual machine, or a stand-in for one, with. */
package io.jspp.controller.vmargs;
