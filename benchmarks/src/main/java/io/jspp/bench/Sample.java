package io.jspp.bench;

import java.util.Arrays;
import java.util.List;

/** Median and extremes of a few measurements. */
record Sample(double[] values) {
    Sample {
        values = values.clone();
        Arrays.sort(values);
    }

    static Sample of(List<Double> values) {
        return new Sample(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    double median() {
        int n = values.length;
        return n == 0 ? Double.NaN : n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
    }

    double min() {
        return values.length == 0 ? Double.NaN : values[0];
    }

    double max() {
        return values.length == 0 ? Double.NaN : values[values.length - 1];
    }
}
