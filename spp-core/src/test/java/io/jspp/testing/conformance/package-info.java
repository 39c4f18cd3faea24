/** What the vhost-user back-end is measured against, who proves it, and the page that says so. Used by tests of every module. */
package io.jspp.testing.conformance;
