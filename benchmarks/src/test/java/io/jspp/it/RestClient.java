package io.jspp.it;

import io.jspp.controller.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A user of ctl's REST interface, as an orchestrator would be. */
public final class RestClient {
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final String base;

    public RestClient(int port) {
        base = "http://127.0.0.1:" + port + "/v1";
    }

    /** A call that changes something; anything but success is an error. */
    public void change(String method, String path, String body) {
        HttpResponse<String> response = send(method, path, body);
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(
                    method + " " + path + " " + body + ": " + response.statusCode() + " " + response.body());
        }
    }

    /** The object that GET answers. */
    public Map<String, Object> get(String path) {
        HttpResponse<String> response = send("GET", path, "");
        if (response.statusCode() != 200) {
            throw new IllegalStateException("GET " + path + ": " + response.statusCode() + " " + response.body());
        }
        try {
            return Json.asObject(Json.parse(response.body()));
        } catch (IOException e) {
            throw new IllegalStateException("GET " + path + ": " + response.body(), e);
        }
    }

    public HttpResponse<String> send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(20))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A counter of an nfv's status; {@code field} is {@code packets}, {@code bytes}, or {@code drops.REASON}. */
    public long counter(int nfv, String port, String direction, String field) {
        return counter("/nfvs/" + nfv, port, direction, field);
    }

    /** The same of any process, by its path. */
    public long counter(String process, String port, String direction, String field) {
        for (Object row : list(get(process), "counters")) {
            Map<String, Object> counters = Json.asObject(row);
            if (counters.get("port").equals(port) && counters.get("direction").equals(direction)) {
                return field.startsWith("drops.")
                        ? number(Json.asObject(counters.get("drops")).get(field.substring(6)))
                        : number(counters.get(field));
            }
        }
        return 0;
    }

    public static List<?> list(Map<String, Object> object, String name) {
        return Json.asArray(object.get(name));
    }

    public static long number(Object value) {
        return value == null ? 0 : ((Number) value).longValue();
    }
}
