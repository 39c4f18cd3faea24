/** What every module's tests share: needs with reasons, places of the project, waiting with a deadline, JVMs of their own. Part of spp-core's test jar. */
package io.jspp.testing;
