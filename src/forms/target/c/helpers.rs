//! Functions in C for the gates that it does not have: what a printed function needs of them stands before it.
//!
//! Knows C alone: which gate is which call stands in the table of entries.

use crate::forms::target::Helper;

/// What C does not have; each stands after those that it calls.
#[rustfmt::skip]
pub const HELPERS: &[Helper] = &[
    // Numbers.
    ("chain", "static double chain(double local, double upstream) { return upstream == 0.0 ? 0.0 : local * upstream; }"),
    ("guard", "static double guard(double slope, double value) { return isnan(value) ? value : slope; }"),
    ("sqr", "static double sqr(double x) { return x * x; }"),
    ("root", "static double root(double x) { return sqrt(x + 0.0); }"),
    ("maximum", "static double maximum(double x, double y) { return x >= y || isnan(x) ? x : y; }"),
    ("minimum", "static double minimum(double x, double y) { return x <= y || isnan(x) ? x : y; }"),
    ("clamp", "static double clamp(double x, double lo, double hi) { return minimum(maximum(x, lo), hi); }"),
    ("choose", "static double choose(double c, double x, double y) { return isnan(c) ? c : c == 0.0 ? y : x; }"),
    ("sign", "static double sign(double x) { return x == 0.0 || isnan(x) ? x : copysign(1.0, x); }"),
    ("relu", "static double relu(double x) { return x > 0.0 || isnan(x) ? x : 0.0; }"),
    ("leaky_relu", "static double leaky_relu(double x) { return x > 0.0 ? x : 0.01 * x; }"),
    ("elu", "static double elu(double x) { return x > 0.0 ? x : expm1(x); }"),
    ("sigma", "static double sigma(double x) { return x < -37.0 ? exp(x) : 1.0 / (1.0 + exp(-x)); }"),
    ("softplus", "static double softplus(double x) { return (x > 0.0 ? x : 0.0) + log1p(exp(-fabs(x))); }"),
    ("silu", "static double silu(double x)
{
    if (x == -INFINITY) return -0.0;
    if (x >= -37.0 || isnan(x)) return x * sigma(x);
    double half = exp(0.5 * x);
    return x * half * half;
}"),
    ("gelu", "static double gelu(double x)
{
    if (x > 9.0) return x;
    if (x < -39.0) return -0.0;
    if (x < -20.0) {
        double square = x * x, rest = fma(x, x, -square), term = 1.0, series = 1.0;
        for (int odd = 1; odd < 20; odd += 2) series += term *= -odd / square;
        return -0.3989422804014327 * series * (1.0 - 0.5 * rest) * exp(-0.5 * square);
    }
    double z = -x * 0.7071067811865476;
    double rest = fma(-x, 0.7071067811865476, -z) - x * -4.833646656726457e-17;
    return x * (0.5 * (erfc(z) + rest * (-1.1283791670955126 * exp(-z * z))));
}"),
    ("logsigmoid", "static double logsigmoid(double x) { return -softplus(-x); }"),
    ("logaddexp", "static double logaddexp(double x, double y)
{
    return x == y ? x + 0.6931471805599453 : maximum(x, y) + log1p(exp(-fabs(x - y)));
}"),
    ("log1mexp", "static double log1mexp(double x) { return x <= 0.6931471805599453 ? log(-expm1(-x)) : log1p(-exp(-x)); }"),
    ("xlogy", "static double xlogy(double x, double y) { return x == 0.0 && !isnan(y) ? 0.0 : x * log(y); }"),
    ("modulo", "static double modulo(double x, double y)
{
    double rest = fmod(x, y);
    return rest == 0.0 ? copysign(0.0, y) : (rest < 0.0) == (y < 0.0) ? rest : rest + y;
}"),
    ("sinc", "static double sinc(double x) { return x == 0.0 ? 1.0 : isinf(x) ? 0.0 : sin(x) / x; }"),
    ("sinc_derivative", "static double sinc_derivative(double n, double x)
{
    if (!(n >= 0.0 && n <= 16.0) || n != floor(n) || isnan(x)) return NAN;
    if (n == 0.0 || isinf(x)) return sinc(x);
    if (fabs(x) >= 1.0 + 0.5 * n) {
        double turned[] = { sin(x), cos(x), -sin(x), -cos(x) }, value = sin(x) / x;
        for (int k = 1; k <= (int)n; ++k) value = (turned[k % 4] - k * value) / x;
        return value;
    }
    double k = ceil(0.5 * n), j = 2.0 * k - n, sum = 0.0, last = 1.0;
    double power = (fmod(k, 2.0) == 0.0 ? 1.0 : -1.0) * (j == 0.0 ? 1.0 : x);
    while (sum != last) {
        last = sum;
        sum += power / (2.0 * k + 1.0);
        power *= -x * x / ((j + 1.0) * (j + 2.0));
        k += 1.0;
        j += 2.0;
    }
    return sum;
}"),
    ("erfcx_ratio", "/* How the n-th moment of the bell curve from x on goes over into the next. */
static double erfcx_ratio(int n, double x)
{
    double ratio = 0.0;
    for (int k = n + 30 + (int)(200.0 / (x * x)); k > n; --k) ratio = k / (2.0 * (ratio + x));
    return ratio;
}"),
    ("erfcx", "static double erfcx(double x)
{
    if (x >= 20.0) return 1.0 / (1.7724538509055159 * (x + erfcx_ratio(0, x)));
    double square = x * x, rest = fma(x, x, -square), power = exp(square);
    return isinf(power) ? power : power * erfc(x) * (1.0 + rest);
}"),
    ("erfcx_derivative", "static double erfcx_derivative(double n, double x)
{
    if (!(n >= 0.0 && n <= 100.0) || n != floor(n)) return NAN;
    int order = (int)n;
    double before = 0.0, own = erfcx(x), power = 1.0;
    for (int k = 0; k < order; ++k) {
        double next = x < 0.5 ? 0.5 * (k == 0 ? 1.1283791670955126 : k * before) - x * own : own * erfcx_ratio(k, x);
        before = own;
        own = next;
        power *= -2.0;
    }
    return power * own;
}"),
    ("gamma_of", "static double gamma_of(double x) { return x < 0.0 && x == floor(x) ? NAN : tgamma(x); }"),
    ("bernoulli", "/* The Bernoulli number B2k for k = 1 to 10. */
static double bernoulli(int k)
{
    static const double numbers[] = {
        1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0,
        -691.0 / 2730.0, 7.0 / 6.0, -3617.0 / 510.0, 43867.0 / 798.0, -174611.0 / 330.0
    };
    return numbers[k - 1];
}"),
    ("cotangent", "/* 1 / tan(pi * x). */
static double cotangent(double x)
{
    double r = x - rint(x);
    return fabs(r) <= 0.25 ? 1.0 / tan(3.141592653589793 * r) : tan(3.141592653589793 * (copysign(0.5, r) - r));
}"),
    ("digamma", "static double digamma(double x)
{
    double value = 0.0, slope = 0.0;
    if (fabs(x) < 1e-17) return -1.0 / x;
    if (isnan(x) || (x < 0.0 && x == floor(x))) return NAN;
    if (x < 0.0) return digamma(1.0 - x) - 3.141592653589793 * cotangent(x);
    if (x >= 10.0) {
        double u = 1.0 / (x * x);
        for (int k = 10; k >= 1; --k) value = value * u + bernoulli(k) / (2.0 * k);
        return log(x) - 0.5 / x - value * u;
    }
    /* The difference from its zero: nothing cancels there. */
    double zero = 1.4616321449683622, away = (x - zero) - 9.549995429965697e-17;
    double y = x + 10.0, s = zero + 10.0, u = 1.0 / (y * y), v = 1.0 / (s * s);
    for (int k = 10; k >= 1; --k) {
        slope = slope * v + value;
        value = value * u + bernoulli(k) / (2.0 * k);
    }
    double sum = 0.5 / (y * s) + (y + s) * u * v * (slope * v + value);
    for (int k = 9; k >= 0; --k) sum += 1.0 / ((x + k) * (zero + k));
    return away * sum + log1p(away / s);
}"),
    ("polygamma_size", "static double polygamma_size(double n, double x)
{
    double steps = 0.0, y = x, k = 0.0, factor = 1.0;
    if (isinf(x)) return 0.0;
    while (y < 10.0 + n) {
        steps += pow(x / y, n + 1.0);
        y = x + ++k;
    }
    double series = 1.0 + 0.5 * n / y;
    for (int j = 1; j <= 10; ++j) {
        double m = 2.0 * (j - 1);
        factor *= (n + m) * (n + m + 1.0) / ((m + 1.0) * (m + 2.0) * (y * y));
        series += bernoulli(j) * factor;
    }
    double sum = steps / x + pow(x / y, n) * series / n, half = floor(0.5 * n);
    return tgamma(n + 1.0) * pow(x, half - n) * sum * pow(x, -half);
}"),
    ("polygamma", "static double polygamma(double n, double x)
{
    if (n == 0.0) return digamma(x);
    if (!(n >= 1.0 && n <= 170.0) || n != floor(n)) return NAN;
    int odd = fmod(n, 2.0) == 1.0;
    if (x > 0.0) return odd ? polygamma_size(n, x) : -polygamma_size(n, x);
    if (isnan(x) || x == floor(x)) return odd && isfinite(x) ? INFINITY : NAN;
    /* The Taylor coefficients of cot(pi * x), each from those before it. */
    double y[171] = { cotangent(x) };
    int count = (int)n;
    for (int k = 1; k <= count; ++k) {
        double square = k == 1 ? 1.0 : 0.0;
        for (int j = 0; j < k; ++j) square += y[j] * y[k - 1 - j];
        y[k] = -3.141592653589793 * square / k;
    }
    return -tgamma(n + 1.0) * y[count] * 3.141592653589793 - polygamma_size(n, 1.0 - x);
}"),
    // Runs of numbers: `count` of them, `stride` apart. A function of runs goes over `lanes` of them, `step` apart.
    ("lanes_to_numbers", "static void lanes_to_numbers(double (*one)(const double *, long, long), const double *x, long lanes, long count,
                             long step, long stride, double *out)
{
    for (long k = 0; k < lanes; ++k) out[k] = one(x + k * step, count, stride);
}"),
    ("lanes_to_lanes", "static void lanes_to_lanes(void (*one)(const double *, long, long, double *), const double *x, long lanes, long count,
                           long step, long stride, double *out)
{
    for (long k = 0; k < lanes; ++k) one(x + k * step, count, stride, out + k * step);
}"),
    ("total", "/* The sum of terms, added in pairs of halves. */
static double total(double (*term)(double, const double *), const double *given, const double *x, long count, long stride)
{
    if (count > 128) {
        long half = count / 2;
        return total(term, given, x, half, stride) + total(term, given, x + half * stride, count - half, stride);
    }
    double sum = term(x[0], given);
    for (long k = 1; k < count; ++k) sum += term(x[k * stride], given);
    return sum;
}"),
    ("itself", "static double itself(double x, const double *given)
{
    (void)given;
    return x;
}"),
    ("apart", "static double apart(double x, const double *given) { return x - given[0]; }"),
    ("power", "static double power(double x, const double *given) { return exp(x - given[0]); }"),
    ("square", "static double square(double x, const double *given)
{
    double y = (x - given[0] - given[1]) * given[2];
    return y * y;
}"),
    ("sum_of", "static double sum_of(const double *x, long count, long stride) { return total(&itself, 0, x, count, stride); }"),
    ("mean_of", "static double mean_of(const double *x, long count, long stride) { return sum_of(x, count, stride) / (double)count; }"),
    ("product_of", "static double product_of(const double *x, long count, long stride)
{
    double product = 1.0;
    for (long k = 0; k < count; ++k) product *= x[k * stride];
    return product;
}"),
    ("largest_of", "static double largest_of(const double *x, long count, long stride)
{
    double out = -INFINITY;
    for (long k = 0; k < count; ++k) out = out >= x[k * stride] || isnan(out) ? out : x[k * stride];
    return out;
}"),
    ("smallest_of", "static double smallest_of(const double *x, long count, long stride)
{
    double out = INFINITY;
    for (long k = 0; k < count; ++k) out = out <= x[k * stride] || isnan(out) ? out : x[k * stride];
    return out;
}"),
    ("middle_of", "/* The mean as the sum of two numbers. */
static void middle_of(const double *x, long count, long stride, double *middle)
{
    middle[0] = mean_of(x, count, stride);
    middle[1] = total(&apart, middle, x, count, stride) / (double)count;
}"),
    ("length_of", "/* The norm of the distances from a number, so that no square overflows or is lost. */
static double length_of(const double *x, long count, long stride, double *middle)
{
    double scale = 0.0;
    for (long k = 0; k < count; ++k) {
        double size = fabs(x[k * stride] - middle[0] - middle[1]);
        if (isnan(size)) return size;
        if (size > scale) scale = size;
    }
    if (scale == 0.0 || isinf(scale)) return scale;
    middle[2] = scale < 1e-140 ? ldexp(1.0, 600) : scale > 1e140 ? ldexp(1.0, -600) : 1.0;
    return sqrt(total(&square, middle, x, count, stride)) / middle[2];
}"),
    ("norm_of", "static double norm_of(const double *x, long count, long stride)
{
    double middle[3] = { 0.0, 0.0, 1.0 };
    return length_of(x, count, stride, middle);
}"),
    ("variance_of", "static double variance_of(const double *x, long count, long stride)
{
    double middle[3] = { 0.0, 0.0, 1.0 };
    middle_of(x, count, stride, middle);
    return total(&square, middle, x, count, stride) / (double)count;
}"),
    ("deviation_of", "static double deviation_of(const double *x, long count, long stride)
{
    double middle[3] = { 0.0, 0.0, 1.0 };
    middle_of(x, count, stride, middle);
    return length_of(x, count, stride, middle) / sqrt((double)count);
}"),
    ("logsumexp_of", "static double logsumexp_of(const double *x, long count, long stride)
{
    double top = largest_of(x, count, stride);
    return isinf(top) || isnan(top) ? top : top + log(total(&power, &top, x, count, stride));
}"),
    ("softmax_of", "static void softmax_of(const double *x, long count, long stride, double *out)
{
    double top = largest_of(x, count, stride);
    for (long k = 0; k < count; ++k) out[k * stride] = exp(x[k * stride] - top);
    double whole = sum_of(out, count, stride);
    for (long k = 0; k < count; ++k) out[k * stride] /= whole;
}"),
    ("centered_of", "static void centered_of(const double *x, long count, long stride, double *out)
{
    double middle[2];
    middle_of(x, count, stride, middle);
    for (long k = 0; k < count; ++k) out[k * stride] = x[k * stride] - middle[0] - middle[1];
}"),
    ("others_of", "static void others_of(const double *x, long count, long stride, double *out)
{
    double before = 1.0, after = 1.0;
    for (long k = 0; k < count; ++k) {
        out[k * stride] = before;
        before *= x[k * stride];
    }
    for (long k = count - 1; k >= 0; --k) {
        out[k * stride] *= after;
        after *= x[k * stride];
    }
}"),
    (
        "running_sum_of",
        "static void running_sum_of(const double *x, long count, long stride, double *out)
{
    double sum = x[0];
    out[0] = sum;
    for (long k = 1; k < count; ++k) out[k * stride] = sum += x[k * stride];
}",
    ),
    (
        "running_sum_from_end_of",
        "static void running_sum_from_end_of(const double *x, long count, long stride, double *out)
{
    double sum = x[(count - 1) * stride];
    out[(count - 1) * stride] = sum;
    for (long k = count - 2; k >= 0; --k) out[k * stride] = sum += x[k * stride];
}",
    ),
    (
        "place_of_largest",
        "static double place_of_largest(const double *x, long count, long stride)
{
    long best = 0;
    for (long k = 0; k < count; ++k) {
        if (isnan(x[k * stride])) return (double)k;
        if (x[k * stride] > x[best * stride]) best = k;
    }
    return (double)best;
}",
    ),
    (
        "place_of_smallest",
        "static double place_of_smallest(const double *x, long count, long stride)
{
    long best = 0;
    for (long k = 0; k < count; ++k) {
        if (isnan(x[k * stride])) return (double)k;
        if (x[k * stride] < x[best * stride]) best = k;
    }
    return (double)best;
}",
    ),
    ("pairs", "/* For each number the sum of the others' weights, each times the product of all numbers but those two. */
static void pairs(const double *weights, const double *x, long lanes, long count, long step, long stride, double *out)
{
    for (long lane = 0; lane < lanes; ++lane) {
        const double *w = weights + lane * step, *y = x + lane * step;
        double p = 1.0, s = 0.0;
        for (long k = 0; k < count; ++k) {
            double q = 1.0, t = 0.0;
            for (long l = count - 1; l > k; --l) {
                t = y[l * stride] * t + w[l * stride] * q;
                q *= y[l * stride];
            }
            out[lane * step + k * stride] = s * q + p * t;
            s = s * y[k * stride] + p * w[k * stride];
            p *= y[k * stride];
        }
    }
}"),
    // Matrices, row by row.
    ("fill", "static void fill(double x, long count, double *out)
{
    for (long k = 0; k < count; ++k) out[k] = x;
}"),
    ("copy", "static void copy(const double *x, long count, double *out)
{
    for (long k = 0; k < count; ++k) out[k] = x[k];
}"),
    ("matmul", "static void matmul(const double *x, const double *y, long m, long k, long n, double *out)
{
    for (long i = 0; i < m; ++i) {
        for (long j = 0; j < n; ++j) out[i * n + j] = 0.0;
        for (long l = 0; l < k; ++l)
            for (long j = 0; j < n; ++j) out[i * n + j] += x[i * k + l] * y[l * n + j];
    }
}"),
    ("outer", "static void outer(const double *x, const double *y, long m, long n, double *out)
{
    for (long i = 0; i < m; ++i)
        for (long j = 0; j < n; ++j) out[i * n + j] = x[i] * y[j];
}"),
    (
        "matmul_first",
        "/* The numbers of x are upstream gradients. */
static void matmul_first(const double *x, const double *y, long m, long k, long n, double *out)
{
    for (long i = 0; i < m; ++i) {
        for (long j = 0; j < n; ++j) out[i * n + j] = 0.0;
        for (long l = 0; l < k; ++l)
            for (long j = 0; j < n; ++j) out[i * n + j] += chain(y[l * n + j], x[i * k + l]);
    }
}",
    ),
    (
        "outer_first",
        "/* The numbers of x are upstream gradients. */
static void outer_first(const double *x, const double *y, long m, long n, double *out)
{
    for (long i = 0; i < m; ++i)
        for (long j = 0; j < n; ++j) out[i * n + j] = chain(y[j], x[i]);
}",
    ),
    (
        "matmul_last",
        "/* The numbers of y are upstream gradients. */
static void matmul_last(const double *x, const double *y, long m, long k, long n, double *out)
{
    for (long i = 0; i < m; ++i) {
        for (long j = 0; j < n; ++j) out[i * n + j] = 0.0;
        for (long l = 0; l < k; ++l)
            for (long j = 0; j < n; ++j) out[i * n + j] += chain(x[i * k + l], y[l * n + j]);
    }
}",
    ),
    (
        "outer_last",
        "/* The numbers of y are upstream gradients. */
static void outer_last(const double *x, const double *y, long m, long n, double *out)
{
    for (long i = 0; i < m; ++i)
        for (long j = 0; j < n; ++j) out[i * n + j] = chain(x[i], y[j]);
}",
    ),
    ("transpose", "static void transpose(const double *x, long m, long n, double *out)
{
    for (long i = 0; i < m; ++i)
        for (long j = 0; j < n; ++j) out[j * m + i] = x[i * n + j];
}"),
    ("diagonal", "static void diagonal(const double *x, long n, double *out)
{
    for (long i = 0; i < n; ++i) out[i] = x[i * (n + 1)];
}"),
    ("with_diagonal", "static void with_diagonal(const double *x, long n, double *out)
{
    fill(0.0, n * n, out);
    for (long i = 0; i < n; ++i) out[i * (n + 1)] = x[i];
}"),
    ("factor", "/* Factors a matrix in place; the sign of the order of its rows, or 0 where it has no inverse. */
static double factor(double *x, long *order, long n)
{
    double sign = 1.0;
    for (long i = 0; i < n; ++i) order[i] = i;
    for (long k = 0; k < n; ++k) {
        long pivot = k;
        for (long i = k + 1; i < n; ++i)
            if (fabs(x[i * n + k]) > fabs(x[pivot * n + k])) pivot = i;
        if (x[pivot * n + k] == 0.0) return 0.0;
        if (pivot != k) {
            long row = order[k];
            order[k] = order[pivot];
            order[pivot] = row;
            sign = -sign;
            for (long j = 0; j < n; ++j) {
                double swap = x[k * n + j];
                x[k * n + j] = x[pivot * n + j];
                x[pivot * n + j] = swap;
            }
        }
        for (long i = k + 1; i < n; ++i) {
            x[i * n + k] /= x[k * n + k];
            for (long j = k + 1; j < n; ++j) x[i * n + j] -= x[i * n + k] * x[k * n + j];
        }
    }
    return sign;
}"),
    ("all_finite", "static int all_finite(const double *x, long count)
{
    for (long k = 0; k < count; ++k)
        if (!isfinite(x[k])) return 0;
    return 1;
}"),
    ("solve", "/* The z with x @ z == y, of n rows and m columns; nan where there is none. */
static void solve(const double *x, const double *y, long n, long m, double *out)
{
    double *lu = malloc((size_t)(n * n) * sizeof *lu);
    long *order = malloc((size_t)n * sizeof *order);
    fill(NAN, n * m, out);
    if (lu && order && all_finite(x, n * n) && all_finite(y, n * m)) {
        copy(x, n * n, lu);
        if (factor(lu, order, n) != 0.0)
            for (long j = 0; j < m; ++j) {
                for (long i = 0; i < n; ++i) {
                    double sum = y[order[i] * m + j];
                    for (long k = 0; k < i; ++k) sum -= lu[i * n + k] * out[k * m + j];
                    out[i * m + j] = sum;
                }
                for (long i = n - 1; i >= 0; --i) {
                    double sum = out[i * m + j];
                    for (long k = i + 1; k < n; ++k) sum -= lu[i * n + k] * out[k * m + j];
                    out[i * m + j] = sum / lu[i * n + i];
                }
            }
    }
    free(lu);
    free(order);
}"),
    ("eye", "static void eye(long n, double *out)
{
    fill(0.0, n * n, out);
    for (long i = 0; i < n; ++i) out[i * (n + 1)] = 1.0;
}"),
    ("inverse", "static void inverse(const double *x, long n, double *out)
{
    double *ones = malloc((size_t)(n * n) * sizeof *ones);
    fill(NAN, n * n, out);
    if (ones) {
        eye(n, ones);
        solve(x, ones, n, n, out);
    }
    free(ones);
}"),
    ("determinant", "static double determinant(const double *x, long n)
{
    if (n == 0) return 1.0;
    if (n == 1) return x[0];
    if (n == 2) return x[0] * x[3] - x[1] * x[2];
    if (!all_finite(x, n * n)) return NAN;
    double *lu = malloc((size_t)(n * n) * sizeof *lu), product = NAN;
    long *order = malloc((size_t)n * sizeof *order);
    if (lu && order) {
        copy(x, n * n, lu);
        product = 1.0;
        double sign = factor(lu, order, n);
        for (long i = 0; i < n; ++i) product *= lu[i * (n + 1)];
        product = sign == 0.0 ? 0.0 : product * sign;
    }
    free(lu);
    free(order);
    return product;
}"),
    ("logdet", "static double logdet(const double *x, long n)
{
    double whole = determinant(x, n);
    if (isnan(whole) || isnormal(whole) || n < 3) return log(whole);
    double *lu = malloc((size_t)(n * n) * sizeof *lu), sum = 0.0;
    long *order = malloc((size_t)n * sizeof *order);
    if (lu && order) {
        copy(x, n * n, lu);
        double sign = factor(lu, order, n);
        for (long i = 0; i < n; ++i) {
            sign = lu[i * (n + 1)] < 0.0 ? -sign : sign;
            sum += log(fabs(lu[i * (n + 1)]));
        }
        sum = sign > 0.0 ? sum : sign == 0.0 ? -INFINITY : NAN;
    }
    free(lu);
    free(order);
    return sum;
}"),
    ("cofactor", "static void cofactor(const double *x, long n, double *out)
{
    double *rest = malloc((size_t)(n * n) * sizeof *rest), whole = determinant(x, n);
    fill(NAN, n * n, out);
    if (rest && all_finite(x, n * n)) {
        if (n > 8 && whole != 0.0) {
            inverse(x, n, rest);
            for (long i = 0; i < n; ++i)
                for (long j = 0; j < n; ++j) out[i * n + j] = whole * rest[j * n + i];
        } else {
            for (long at = 0; at < n * n; ++at) {
                long kept = 0;
                for (long k = 0; k < n * n; ++k)
                    if (k / n != at / n && k % n != at % n) rest[kept++] = x[k];
                out[at] = (at / n + at % n) % 2 == 0 ? determinant(rest, n - 1) : -determinant(rest, n - 1);
            }
        }
    }
    free(rest);
}"),
    ("pick", "/* The elements at some rows and columns: the first, the step to the next, how many. */
static void pick(const double *x, long width, long row, long down, long rows, long column, long across, long columns, double *out)
{
    for (long i = 0; i < rows; ++i)
        for (long j = 0; j < columns; ++j) out[i * columns + j] = x[(row + i * down) * width + column + j * across];
}"),
    ("place", "/* Zeros, but for the elements at some rows and columns. */
static void place(const double *x, long size, long width, long row, long down, long rows, long column, long across, long columns,
                  double *out)
{
    fill(0.0, size, out);
    for (long i = 0; i < rows; ++i)
        for (long j = 0; j < columns; ++j) out[(row + i * down) * width + column + j * across] = x[i * columns + j];
}"),
    ("steps", "static void steps(double from, double by, long n, double *out)
{
    for (long k = 0; k < n; ++k) out[k] = from + (double)k * by;
}"),
    ("place_of", "/* A place counted from 0, or from the end with -1. */
static long place_of(double at, long length)
{
    double place = at < 0.0 ? at + (double)length : at;
    return at == floor(at) && place >= 0.0 && place < (double)length ? (long)place : -1;
}"),
    ("gather", "static void gather(const double *x, long rows, long width, const double *at, long count, double *out)
{
    for (long k = 0; k < count; ++k) {
        long place = place_of(at[k], rows);
        for (long j = 0; j < width; ++j) out[k * width + j] = place < 0 ? NAN : x[place * width + j];
    }
}"),
    ("gather_pairs", "static void gather_pairs(const double *x, long rows, long width, const double *i, const double *j, long count,
                         double *out)
{
    for (long k = 0; k < count; ++k) {
        long row = place_of(i[k], rows), column = place_of(j[k], width);
        out[k] = row < 0 || column < 0 ? NAN : x[row * width + column];
    }
}"),
    ("scatter_add", "/* Adds up rows at their places among zeros; of a vector, numbers. */
static void scatter_add(const double *g, long given, long size, const double *at, long count, double *out)
{
    long width = given / count, length = size / width;
    for (long k = 0; k < size; ++k) out[k] = 0.0;
    for (long k = 0; k < count; ++k) {
        long place = place_of(at[k], length);
        for (long j = 0; j < width; ++j) {
            if (place >= 0) out[place * width + j] += g[k * width + j];
            else if (g[k * width + j] != 0.0) fill(NAN, size, out);
        }
    }
}"),
    ("scatter_add_pairs", "static void scatter_add_pairs(const double *g, long rows, long width, const double *i, const double *j, long count,
                              double *out)
{
    for (long k = 0; k < rows * width; ++k) out[k] = 0.0;
    for (long k = 0; k < count; ++k) {
        long row = place_of(i[k], rows), column = place_of(j[k], width);
        if (row >= 0 && column >= 0) out[row * width + column] += g[k];
        else if (g[k] != 0.0) fill(NAN, rows * width, out);
    }
}"),
    ("columns_at", "/* Puts a matrix in the place of some columns of a wider one. */
static void columns_at(const double *x, long m, long n, long width, double *out)
{
    for (long i = 0; i < m; ++i)
        for (long j = 0; j < n; ++j) out[i * width + j] = x[i * n + j];
}"),
    ("onehot", "static void onehot(const double *x, long count, long n, double *out)
{
    for (long i = 0; i < count; ++i) {
        int good = x[i] >= 0.0 && x[i] < (double)n && x[i] == floor(x[i]);
        fill(good ? 0.0 : NAN, n, out + i * n);
        if (good) out[i * n + (long)x[i]] = 1.0;
    }
}"),
    ("nonzero", "static void nonzero(const double *mask, long count, long k, double *out)
{
    long found = 0;
    for (long i = 0; i < count; ++i) {
        if (mask[i] == 1.0 && found++ < k) out[found - 1] = (double)i;
        if (mask[i] != 0.0 && mask[i] != 1.0) found = k + 1;
    }
    if (found != k) fill(NAN, k, out);
}"),
    ("linspace", "static void linspace(double from, double to, long n, double *out)
{
    for (long k = 0; k < n; ++k) {
        double t = n == 1 ? 0.0 : (double)k / (double)(n - 1);
        out[k] = k == n - 1 && k > 0 ? to : from + t * (to - from);
    }
}"),
];
