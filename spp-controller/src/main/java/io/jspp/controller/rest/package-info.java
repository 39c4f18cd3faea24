/** REST over HTTP: routes from the command model, SPP's paths, bodies and texts. */
package io.jspp.controller.rest;
