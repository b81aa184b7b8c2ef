//! What `--as code` prints is a Python program that runs and gives the same numbers, with NumPy for arrays.

use crate::readback;
use gradcalc::session::{Session, Settings};
use gradcalc::views::{Answer, Source};
use gradcalc::vocabulary::Gate;
use gradcalc::vocabulary::gate::{Kernel, Row, TABLE};
use serde_json::Value;
use std::collections::HashSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Texts and bindings; together they use every gate that a user can call.
pub const CASES: &[&[&str]] = &[
    &["(x+sigma(y))/(sigma(x)+(x+y)^2)", "x=3", "y=-4"],
    &["(x + y)*z", "x=-2", "y=5", "z=-4"],
    &["(x + y)*stop_gradient(x)", "x=-2", "y=5"],
    &["1/(1+exp(-(w0*x0+w1*x1+w2)))", "w0=2", "w1=-3", "w2=-3", "x0=-1", "x1=-2"],
    &["1/(1+exp(-(w0*x0+w1*x1+w2)))", "w0=2", "w1=-3", "w2=-3", "x0=-1", "x1=-2", "--stages", "fused"],
    &["1/(1+exp(-(w0*x0+w1*x1+w2)))", "w0=2", "w1=-3", "w2=-3", "x0=-1", "x1=-2", "--stages", "primitive"],
    &["2*(x*y+max(z,w))", "x=3", "y=-4", "z=2", "w=-1"],
    &["x - y*recip(x) + add(x, y) + sub(x, y)*mul(x, y) + div(x, y) + neg(x) + sqr(y)", "x=1.5", "y=0.7"],
    &["x^y + pow(x, 3) + x^0.5 + x^-2 + 2^x", "x=1.5", "y=0.7"],
    &["exp(x) + expm1(x) + exp2(x)", "x=0.3"],
    &["log(x) + log1p(x) + log2(x) + log10(x)", "x=0.3"],
    &["sqrt(x) + cbrt(x)*cbrt(y)", "x=0.3", "y=-8.1"],
    &["sin(x) + cos(x) + tan(x)", "x=0.3"],
    &["asin(x) + acos(x)*2 + atan(x) + atan2(x, y)", "x=0.3", "y=-0.8"],
    &["sinh(x) + cosh(x)*2 + tanh(x)", "x=0.3"],
    &["asinh(x) + acosh(y) + atanh(x)", "x=0.3", "y=1.8"],
    &["relu(x) + relu(y) + leaky_relu(y) + elu(x) + elu(y)", "x=0.3", "y=-0.8"],
    &["softplus(x) + silu(x) + gelu(x)", "x=0.3"],
    &["abs(y) + sign(y)*x + floor(x) + ceil(x) + round(x)", "x=2.3", "y=-0.8"],
    &["max(x, y, z)*min(x, y, z) + min(x, y)", "x=0.3", "y=-0.8", "z=2"],
    &["max(x, y, z)", "x=2", "y=2", "z=2", "--ties", "split"],
    &["clamp(x, lo, hi) + clamp(y, lo, hi)*2", "x=5", "y=0.5", "lo=0", "hi=2"],
    &["where(x > 0, log(x), y^2) + where(y > 0, log(x), x*y)", "x=2", "y=-3"],
    &["hypot(x, y)", "x=3", "y=4"],
    &["hypot(x, y, z) + mod(x, y)*mod(-z, x)", "x=3", "y=4.5", "z=1"],
    &["logsigmoid(x) + logaddexp(x, y) + log1mexp(y) + xlogy(x, y)", "x=-0.5", "y=0.25"],
    &["xlogy(x, y) + sinc(x)*sinc(y) + sinc_derivative(2, y) + erfcx(x)*erfcx(y) + erfcx_derivative(2, x)", "x=0", "y=2.5"],
    &["erf(x) + erfc(x)*2", "x=0.3"],
    &["gamma(x) + lgamma(x)", "x=2.3"],
    &["digamma(x) + polygamma(1, x)*polygamma(2, x)", "x=2.3"],
    &["(x < y) + (x <= y)*x + (x > y) + (x >= y) + (x == y)*y + (x != y)", "x=2", "y=3"],
    &["lt(x, y) + le(x, y) + gt(x, y) + ge(x, y) + eq(x, y) + ne(x, y) + x", "x=2", "y=3"],
    &["x*sigma(x) + pi*tau*e", "x=0.3", "--upstream", "-2.5"],
    &["lambda*exp + e*in", "lambda=2", "exp=3", "e=4", "in=5"],
    &["x*dx + dx^2", "x=2", "dx=3"],
    &["α*x + σ(β)", "α=2", "x=3", "β=0.5"],
    &["const k = 2; q = k*x; f(u) = u^2 + q; f(x)*y", "x=3", "y=4"],
    &["d(x^3*y, x)*x", "x=2", "y=5"],
    &["x + 0*floor(y) + (y > 2)", "x=2", "y=3"],
    // No gradient reaches y, nor any input of a number.
    &["x + (y > 2)", "x=2", "y=3"],
    &["(x < y) + (y == 3)", "x=2", "y=3"],
    &["2^10 + pi", "--upstream", "3"],
    // Precedence is Python's or bracketed.
    &["-x^2 + (-x)^2 + x^-y + 2^-x + x^y^0.5", "x=1.5", "y=0.7"],
    &["(-2)^2*x + (x^2)^3 - (-3)*x^3", "x=1.5"],
    &["x - (y - z) + x/(y/z) + x/(y*z) - -x - (-y)*z + x*(y/z)/(x*y)", "x=1.5", "y=0.7", "z=2.2"],
    &["((x < y) == (y < z))*x + ((x < y) < z)*y", "x=1", "y=2", "z=3"],
    &["where(where(x, y, z), x, z)*y + where(x < y, where(y < z, x, y), z)", "x=1", "y=2", "z=3"],
    &["√x + √x² + 2√x", "x=1.3"],
    &["sqrt(x^2 + y^2) - (x*x)*(y*y)", "x=3", "y=4", "--stages", "fused"],
    &["sigma(x) + softplus(x)*silu(x) + clamp(x, 0, 2) - x/y + recip(x)", "x=0.5", "y=3", "--stages", "primitive"],
    &["tanh(x) - exp(x)/(1 + exp(x)) + log(1 + exp(x))", "x=0.5", "--stages", "fused"],
    &["x*sigma(x) - y/x^2", "x=0.5", "y=2", "--stages", "primitive", "--upstream", "-0.25"],
    &["min(x, y)*clamp(z, x, y)", "x=2", "y=2", "z=2", "--ties", "split"],
    &["max(x, 3) + min(x, 3)", "x=3", "--ties", "split"],
    &["max(x, y, z, w) - min(x, y, z)", "x=2", "y=2", "z=1", "w=2"],
    // Numbers that a text could spoil.
    &["1e-300*x + 123456789012345678*y + 0.1 + 0.2", "x=1e300", "y=2"],
    &["sigma(x) + sigma(y) + softplus(x) + tanh(y)", "x=-700", "y=700"],
    &["gamma(x) + lgamma(x)*digamma(y) + polygamma(n, y)", "x=-1.5", "y=2.5", "n=2"],
    &["hypot(x, y) + cbrt(z) + abs(x)", "x=0", "y=0", "z=27"],
    // Names that mean something else elsewhere.
    &["f*df*out*result", "f=2", "df=3", "out=5", "result=7"],
    &["x*dx*ddx*d_x", "x=2", "dx=3", "ddx=4", "d_x=5"],
    &["sin*sin(x) + log*log(x) + max*max(x, y) + float*x", "sin=2", "log=3", "max=4", "float=5", "x=2", "y=1"],
    &["print*class + global^lambda - dlambda", "print=2", "class=3", "global=4", "lambda=1.5", "dlambda=2"],
    &["q = x*y; dq = x + y; q*dq", "x=2", "y=3"],
    &["const k = 2π; k*x + tau", "x=2"],
    &["pi*x + e", "pi=3", "x=2", "e=5"],
    &["x*expx*exp(x)", "x=2", "expx=3"],
    &["_y*x_ + 漢字", "_y=2", "x_=3", "漢字=4"],
    &["x", "x=3"],
    &["f(x, y) = x*y; f(1, 2) + f(3, 4)"],
];

/// Names that Python would read otherwise than the printed program means them.
pub const MISREAD: &[&[&str]] = &[
    // The underscore that sets a name apart must not make it another name of the user's.
    &["lambda*lambda_", "lambda=2", "lambda_=3"],
    &["exp_*exp*exp(x)", "exp_=2", "exp=3", "x=1"],
    // Constants with names of Python's, of gates, of the language's own constants.
    &["const pi = 3; pi*x + π", "x=2"],
    &["const e = 3; const tau = 2; e^x*tau", "x=2"],
    &["const k = 2; a = k*x; const k = 3; a*k", "x=2"],
    // Gradients whose names are words of Python's.
    &["ef*el*dict*x", "ef=2", "el=3", "x=2", "dict=4"],
    &["const lambda = 3; x*lambda", "x=2"],
    &["const exp = 3; exp(x)*exp", "x=2"],
    // Python has no such constants.
    &["π*x + τ", "x=2"],
    // Inputs that hide what the printed definitions call.
    &["copysign*cbrt(x)", "copysign=2", "x=3"],
    &["int*factorial*enumerate*digamma(x)", "int=2", "factorial=3", "enumerate=4", "x=3"],
    // Python reads both names as one: it normalises names by NFKC.
    &["µ*μ", "µ=2", "μ=3"],
    &["ｘ*x + ﬁ*fi", "ｘ=2", "x=3", "ﬁ=4", "fi=5"],
];

/// Texts and bindings of arrays; together they use every gate of arrays that a user can call.
pub const ARRAYS: &[&[&str]] = &[
    &["sum(W@x + b)", "W=[[1,2],[3,4]]", "x=[1,2]", "b=[0,1]"],
    &["sum((A @ B)^2) + sum(A)", "A=[[1,2],[3,4]]", "B=[[0.5,-1,2],[1,0,3]]"],
    &["A @ B", "A=[[1,2],[3,4]]", "B=[[0.5,-1,2],[1,0,3]]", "--upstream", "[[1,2,3],[-1,0,2]]"],
    &["x @ A @ x + x @ x", "A=[[1,2],[3,4]]", "x=[1,-2]"],
    &["dot(x, y)*sum(outer(x, y)^2) + x@y", "x=[1,-2]", "y=[0.5,3]"],
    &["trace(A'*2 @ A) + sum(transpose(A) @ x)", "A=[[1,2],[3,4]]", "x=[1,-2]"],
    &["det(A) + sum(inv(A)^2)", "A=[[4,1,0],[1,3,-1],[0.5,0,2]]"],
    &["sum(solve(A, b)^2) + sum(solve(A, B)^2)", "A=[[4,1],[1,3]]", "b=[1,2]", "B=[[1,0],[2,-1]]"],
    &["sum(diag(A)^2) + sum(diag(x) @ A)", "A=[[4,1],[1,3]]", "x=[1,2]"],
    &["diag(A) + [1, 2]", "A=[[4,1],[1,3]]", "--upstream", "[2,3]"],
    &["sum(X, 0) @ [1, 2, 3] + sum(sum(X, 1)^2)", "X=[[1,2,3],[4,5,6]]"],
    &["sum(cumsum(X)^2) + sum(cumsum(X, 0)^2*cumsum(X, axis=1))", "X=[[1,2,3],[4,5,6]]"],
    &["argmax(x)*sum(x^2) + argmin(x)*x[0] + sum(argmax(X, 1)*sum(X, 1))", "x=[3,4,1]", "X=[[1,2,3],[4,5,6]]"],
    &["mean(X) + mean(X, 0) @ [1, 2, 3] + sum(mean(X, axis=1)^2)", "X=[[1,2,3],[4,5,6]]"],
    &["prod(x) + sum(prod(X, 0)) + sum(prod(X, 1)^2)", "x=[2,0,3]", "X=[[1,2,3],[4,5,6]]"],
    &["max(X)*min(X) + sum(max(X, axis=0)) + sum(max(X, axis=1)^2)", "X=[[1,2,3],[4,5,6]]"],
    &["sum(min(X, axis=0)^2) + sum(min(X, axis=1))", "X=[[1,2,2],[1,5,6]]"],
    &["max(x) + min(x)", "x=[3,1,3,1]", "--ties", "split"],
    &["max(x)", "x=[3,1,3]"],
    &["sum(max(X, axis=1)*[1, 2])", "X=[[3,1,3],[2,2,2]]", "--ties", "split"],
    &["norm(x) + sum(norm(X, 0)) + sum(norm(X, axis=-1)^3)", "x=[3,4]", "X=[[1,2,3],[4,5,6]]"],
    &["norm(x) + sum(norm(X, 1)) + std(y)", "x=[0,0]", "X=[[0,0],[3,4]]", "y=[2,2]"],
    &["var(x) + sum(var(X, 0)) + sum(var(X, 1)^2)", "x=[3,4]", "X=[[1,2,7],[4,5,6]]"],
    &["std(x) + sum(std(X, 0)) + sum(std(X, 1)^2)", "x=[3,4]", "X=[[1,2,7],[4,5,6]]"],
    &["logsumexp(x) + sum(logsumexp(X, 0)) + sum(logsumexp(X, 1)^2)", "x=[3,4]", "X=[[1,2,7],[4,5,6]]"],
    &["softmax(x)[0] + sum(softmax(X, 0)[1]^2) + sum(softmax(X, axis=1)[:, 2])", "x=[3,4]", "X=[[1,2,7],[4,5,6]]"],
    &["sum(x)/size(x) + size(X, 0)*sum(X)", "x=[3,4]", "X=[[1,2,7],[4,5,6]]"],
    &["[x, y, 2*x] @ [[1, 2], [x, 3], [4, y]] @ [1, -1]", "x=2", "y=3"],
    &["[v[2], v[0], v[1]] @ v + sum(v[::2]) + v[-1]", "v=[1,2,3]"],
    &["sum(W[0]*W[1]) + sum(W[:, 1:]^2) + W[1, 2] + sum(W[::-1, 0]*[1, 2])", "W=[[1,2,3],[4,5,6]]"],
    &["W[1:, :2]", "W=[[1,2,3],[4,5,6]]", "--upstream", "[[1,-1]]"],
    &["concat(x, y, x) @ [1, 2, 3, 4, 5]", "x=[1,2]", "y=[3]"],
    &["sum(concat(A, B, A)^2) + sum(concat(A, C, axis=1)^3)", "A=[[1,2]]", "B=[[3,4],[5,6]]", "C=[[7]]"],
    &["sum(reshape(X, 3, 2) @ [1, 2]) + reshape(X, 6) @ x", "X=[[1,2,3],[4,5,6]]", "x=[1,2,3,4,5,6]"],
    &["sum(x*expand(y, 1)) + sum(expand(y, 0))", "x=[1,2,3]", "y=[4,5]"],
    &["sum(x[x > 1]^2)*a + sum(X[X > 2]^2) + prod(X[x[:2] > 1, 1])", "x=[1,2,3]", "X=[[1,2,3],[4,5,6]]", "a=2"],
    &["onehot(y, 3) @ [1, 2, 3]*x + sum(onehot([0, 2], 3)*x)", "y=1", "x=2"],
    &["zeros(3) + ones(3)*x + zeros(2, 3) @ ones(3, 2) @ [1, x] @ ones(2)", "x=2", "--upstream", "[1,2,3]"],
    &["sum(eye(2) @ x + eye(2)[0]) + linspace(a, b, 5) @ linspace(0, pi, 5)", "x=[2,5]", "a=1", "b=3"],
    &["sum(randn(3)*x) + sum(randn(2, 3) @ x) + sum(rand(3)*x) + sum((rand(2, 3) - 0.5) @ x)", "x=[1,2,3]"],
    // Shapes that meet: gradients are summed back.
    &["X*x + y - z", "X=[[1,2,3],[4,5,6]]", "x=[1,2,3]", "y=[[1],[2]]", "z=4", "--upstream", "[[1,2,3],[-1,0,2]]"],
    &["sum(X/x - y/X) + sum(x^y)", "X=[[1,2,3],[4,5,6]]", "x=[1,2,3]", "y=2"],
    &["sum(max(X, x, y)) + sum(min(x, y)*clamp(x, 1.5, y))", "X=[[1,2,3],[4,5,6]]", "x=[1,2,5]", "y=2.5"],
    &["max(x, y, 3)", "x=[1,3,5]", "y=[1,4,2]", "--upstream", "[1,2,3]", "--ties", "split"],
    &["sum(hypot(x, y)) + sum(atan2(x, y))", "x=[1,3,5]", "y=2"],
    // A gradient that is another array itself must not be added to in place.
    &["q = x + y; sum(q*x*q) + sum(q) + dot(x, y)", "x=[1,2]", "y=[3,4]"],
    &["dot(x, y) + dot(x, x) + sum(x)", "x=[1,2]", "y=[3,4]"],
    &["A + A' + A", "A=[[1,2],[3,4]]", "--upstream", "[[1,2],[3,5]]"],
    &["x + y + x*y", "x=[1,2]", "y=[3,4]", "--upstream", "[1,2]"],
    &["B = A'; B + sum(A) + reshape(A, 2, 2) + A", "A=[[1,2],[3,4]]", "--upstream", "[[1,2],[3,5]]"],
    // Comparisons are numbers.
    &["sum(-(x < y) + (x == y)*x + (x > 1)*(y > 1) + (x < y) + (y < x)) + sum(x >= y)", "x=[1,2]", "y=[3,2]"],
    &["(x < y) - (x > 1)", "x=[1,2]", "y=[3,2]", "--upstream", "[1,2]"],
    &["x < y", "x=[1,2]", "y=[3,2]", "--upstream", "[1,2]"],
    &["sum(exp(x > 1)*x) + sum([x[0] < 2, 1]^-1*x) + sum(([x[0] < 2, 3] == 1)*x)", "x=[1,2]"],
    &["sum(where(x > 1, log(x), x^2) + where(s > 1, 1/s, x))", "x=[0.5,2]", "s=0.5"],
    &["sum(relu(x) + clamp(x, 0, 1) + abs(x) + sign(x)*x + where(x > 0, 1, 2)^-1)", "x=[-1,0.5,2]"],
    // Functions of numbers over arrays.
    &["sum(sigma(x) + softplus(x) + silu(x) + gelu(x) + elu(x) + leaky_relu(x) + tanh(x))", "x=[-700,-1.5,0.3,700]"],
    &["sum(exp(x) + expm1(x) + exp2(x) + log(x) + log1p(x) + log2(x) + log10(x) + sqrt(x) + cbrt(x))", "x=[0.3,2.5]"],
    &["sum(sin(x) + cos(x) + tan(x) + asin(x) + acos(x) + atan(x) + sinh(x) + cosh(x))", "x=[-0.3,0.5]"],
    &["sum(asinh(x) + acosh(y) + atanh(x) + floor(y) + ceil(y) + round(y))", "x=[-0.3,0.5]", "y=[1.3,2.5]"],
    &["sum(erf(x) + erfc(x) + gamma(x) + lgamma(x) + digamma(x) + polygamma(1, x))", "x=[0.3,2.5]"],
    &["sum(logsigmoid(x) + logaddexp(x, s) + log1mexp(x) + xlogy(x, s) + mod(x, s) + hypot(x, s, x^2))", "x=[0.3,2.5]", "s=0.7"],
    &["sum(sinc(x) + erfcx(x) + sinc_derivative(3, x) + erfcx_derivative(1, x)) + xlogy(x[1], x[0])", "x=[0.3,0,-2.5,21]"],
    &["logdet(X)*s + logdet([s, 1; 0, 2])", "X=[2,1,0;1,3,1;0,1,4]", "s=0.7"],
    &["sum(erf(s)*x) + digamma(s + t) + s + relu(t) + elu(t) + leaky_relu(-t)", "x=[0.3,2.5]", "s=0.5", "t=1.5"],
    &["sum(1/(1 + exp(-x)) - x/(x*x) + recip(x) + neg(x))", "x=[0.3,2.5]", "--stages", "primitive"],
    &["log(sum(exp(x))) + sum((exp(x)/sum(exp(x)))^2) + sum(sqrt(x^2 + 1))", "x=[0.3,2.5]", "--stages", "fused"],
    // Elements by their places, twice the same among them.
    &[
        "sum(E[[0, 2, 0]]^2) + sum(P[range(3), [1, 0, 1]]^3) + sum(v[[2, -1, 0]]*w)",
        "E=[1,2;3,4;5,6]",
        "P=[1,2;3,4;5,6]",
        "v=[1,2,3]",
        "w=[4,5,6]",
    ],
    &[
        "const y = [2, 0, 2]; sum(d(sum(v[y]^3), v)^2) + sum(d(sum(P[y, y]^3), P)^2) + sum(v[range(0, 2)] + v[range(2, 0, -1)])",
        "v=[1,2,3]",
        "P=[1,2,3;3,4,5;5,6,7]",
    ],
    &["sum((v[:, None] - v[None, :])^2*P) + sum((P - max(P, axis=1, keepdims=1))^3)", "v=[1,2,3]", "P=[1,2,3;3,4,5;5,6,7]"],
    // An upstream gradient of 0 carries nothing, whatever it meets.
    &["sum(where(x > 0, log(x), 0)) + sum(max(1, sqrt(x))*s') + sum(max(sqrt(x[0]), 1)*x')", "x=[0,4]", "s=2"],
    // Numbers that must be whole, and numbers that must not be.
    &["const k = 2; sum(x[k - 1:] * ones(k)) + x[k] + sum(reshape(x, k - 1, k + 1)) + linspace(0, 1, k) @ ones(k)", "x=[1,2,3]"],
    &["const W = [[1, 2], [3, 4]]; sum(W^-1 @ x + [2, 4]^-1*x + ([1 + 1, 4]^-1)*x)", "x=[1,2]"],
    &["pi*tau*e*sum(x)", "x=[1,2]", "--upstream", "-2.5"],
    // No gradient reaches y.
    &["sum(x) + sum(y > 2) + sum(Y > 2)", "x=[2,1]", "y=[3,1]", "Y=[[3,1]]"],
    &["mean(x) + sum(x) + max(x)*norm(x) + sum(y)", "x=3", "y=[1,2]"],
    &["x", "x=[1,2]", "--upstream", "[3,4]"],
    // Names of NumPy's and of the definitions'.
    &["np*math + sum(int*float*x) + sum(range*softmax(x)*len)", "np=2", "math=3", "int=4", "float=5", "x=[1,2]", "range=2", "len=3"],
    &["sum(x*dx + array*inv*lambda)", "x=[1,2]", "dx=[3,4]", "array=2", "inv=3", "lambda=[5,6]"],
    &["const pi = 3; pi*sum(x)*π", "x=[1,2]"],
    // A number of each of many: what stands beside the lines.
    &["sum(linspace(0, 1, 40)*x)", "x=2"],
];

/// Runs programs, each with names to show, and prints the shape and the numbers of each in turn.
const RUN: &str = r#"
import json, sys, warnings
import numpy
warnings.simplefilter("ignore")  # What is not chosen may be infinite.
for program, names in json.load(sys.stdin):
    scope = {}
    try:
        exec(program, scope)
        values = [numpy.asarray(eval(name, scope)) for name in names]
        for name, value in zip(names, values):
            assert value.dtype == float, f"{name} is of {value.dtype}"
        print(json.dumps([[*value.shape, *value.ravel().tolist()] for value in values]))
    except Exception as error:
        print(json.dumps(repr(error)))
"#;

/// Python's own `print`, whatever the program calls its inputs; it prints a float so that it reads back the same.
const SHOW: &str = "__import__('builtins').print";

/// What a view shows of a case whose numbers are finite.
fn gradcalc(view: &str, case: &[&str]) -> String {
    let answer = readback::case(view, case);
    assert!(!answer.valued || answer.is_finite(), "{case:?}");
    readback::rendered(view, &answer)
}

/// The names of the output and of the gradients, as the code calls them: what stands before an assignment.
fn assigned(code: &str, start: &str) -> Vec<String> {
    let after = code.split_once(start).map_or("", |(_, after)| after);
    let lines = after.lines().filter(|line| !line.starts_with(['#', ' ']));
    lines.filter_map(|line| Some(line.split_once(" = ").or_else(|| line.split_once(" += "))?.0.to_owned())).collect()
}

/// Runs programs in one Python, each among names of its own, and prints what each prints, or what went wrong.
const RUN_EACH: &str = r#"
import contextlib, io, json, sys
for program in json.load(sys.stdin):
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            exec(program, {"__name__": "__main__"})
        print(json.dumps(said.getvalue().splitlines()))
    except BaseException as error:
        print(json.dumps(repr(error)))
"#;

/// Runs programs in Python and returns the numbers that each prints, or what went wrong.
fn python(programs: &[String]) -> Vec<Result<Vec<f64>, String>> {
    let mut python = Command::new("python3")
        .args(["-c", RUN_EACH])
        .env("PYTHONIOENCODING", "utf-8")
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3");
    let text = serde_json::to_string(programs).expect("JSON");
    python.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("python3 reads");
    let output = python.wait_with_output().expect("python3 ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines =
        String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect::<Vec<Value>>();
    assert_eq!(lines.len(), programs.len());
    let numbers = |lines: &[Value]| lines.iter().map(|line| line.as_str().and_then(|line| line.parse().ok()).expect("a number")).collect();
    lines.iter().map(|line| line.as_array().map(|lines| numbers(lines)).ok_or_else(|| line.to_string())).collect()
}

/// The printed program of a case, and what it must give: names in it, with the shape and the numbers of each.
struct Case {
    code: String,
    truth: Vec<(String, Vec<f64>)>,
}

impl Case {
    fn new(case: &[&str]) -> Result<Self, String> {
        let code = gradcalc("code", case);
        let answer: Value = serde_json::from_str(&gradcalc("json", case)).expect("JSON");
        let gradients = assigned(&code, "# backward pass\n");
        let mut truth = Vec::new();
        if let Some(output) = assigned(&code, "# forward pass\n").into_iter().take_while(|name| !gradients.contains(name)).last() {
            truth.push((output, numbers(&answer["shape"], &answer["value"])));
        }
        // Where nothing can be differentiated there is no backward pass.
        let backward = code.contains("# backward pass");
        for input in answer["inputs"].as_array().expect("inputs").iter().filter(|_| backward) {
            let name = input["name"].as_str().expect("a name");
            let known = |wanted: &String| gradients.contains(wanted);
            let prefixed = ["d___", "d__", "d_", "d"].map(|prefix| format!("{prefix}{name}"));
            let Some(gradient) = prefixed.iter().flat_map(|name| ["", "_", "__"].map(|end| format!("{name}{end}"))).find(known) else {
                return Err(format!("no gradient of {name} in\n{code}"));
            };
            truth.push((gradient, numbers(&input["shape"], &input["gradient"])));
        }
        Ok(Self { code, truth })
    }

    /// What is wrong with the numbers that were found, if anything is.
    fn fault(&self, found: &[Vec<f64>], allowed: f64) -> Option<String> {
        assert_eq!(found.len(), self.truth.len(), "{}", self.code);
        let off = |(found, (_, truth)): &(&Vec<f64>, &(String, Vec<f64>))| {
            let scale = truth.iter().fold(0.0, |scale: f64, x| scale.max(x.abs()));
            found.len() != truth.len() || found.iter().zip(truth).any(|(found, truth)| (found - truth).abs() > allowed * scale)
        };
        let (found, (name, truth)) = found.iter().zip(&self.truth).find(off)?;
        Some(format!("{name} is {found:?}, not {truth:?}\n{}", self.code))
    }
}

/// A shape and the numbers of a value in that shape, one after the other.
fn numbers(shape: &Value, value: &Value) -> Vec<f64> {
    let mut flat: Vec<f64> = shape.as_array().expect("a shape").iter().map(|n| n.as_f64().expect("a size")).collect();
    let mut rest = vec![value];
    while let Some(value) = rest.pop() {
        match value {
            Value::Array(values) => rest.extend(values.iter().rev()),
            value => flat.push(value.as_f64().expect("a number")),
        }
    }
    flat
}

/// What is wrong with the numbers that the program of a case of single numbers printed, if anything is.
fn fault(case: &Case, found: Vec<f64>) -> Option<String> {
    // Python's own functions differ from correctly rounded ones by an ulp or two; its polygamma, written out in the
    // program, by more.
    let allowed = if case.code.contains("polygamma") { 1e-10 } else { 1e-12 };
    case.fault(&found.into_iter().map(|number| vec![number]).collect::<Vec<_>>(), allowed)
}

/// The python3 that has NumPy: one that hides the system's own may lack it. Without one the tests fail.
pub fn numpy() -> &'static str {
    let has = |python: &&str| {
        let mut import = Command::new(python);
        import.args(["-c", "import numpy"]).stdout(Stdio::null()).stderr(Stdio::null());
        import.status().is_ok_and(|status| status.success())
    };
    ["python3", "/usr/bin/python3"].into_iter().find(has).expect("these tests need a python3 with numpy")
}

fn all_run(given: &[&[&str]]) {
    let cases: Vec<Case> = given.iter().map(|case| Case::new(case).unwrap_or_else(|error| panic!("{case:?}: {error}"))).collect();
    let program = |case: &Case| case.truth.iter().fold(case.code.clone(), |text, (name, _)| text + &format!("{SHOW}(1.0 * {name})\n"));
    let programs: Vec<String> = cases.iter().map(program).collect();
    let mut faults = Vec::new();
    for ((case, given), (found, program)) in cases.iter().zip(given).zip(python(&programs).into_iter().zip(&programs)) {
        let fault = found.map_or_else(|error| Some(format!("{error}\n{program}")), |found| fault(case, found));
        faults.extend(fault.map(|fault| format!("{given:?}: {fault}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn printed_programs_run_in_python() {
    all_run(CASES);
}

#[test]
fn names_that_python_reads_otherwise() {
    all_run(MISREAD);
}

#[test]
fn printed_programs_of_arrays_run_in_numpy() {
    let python = numpy();
    let cases: Vec<Case> = ARRAYS.iter().map(|case| Case::new(case).unwrap_or_else(|error| panic!("{case:?}: {error}"))).collect();
    let programs: Vec<(&str, Vec<&str>)> =
        cases.iter().map(|case| (&*case.code, case.truth.iter().map(|(name, _)| &**name).collect())).collect();
    let mut runner = Command::new(python).args(["-c", RUN]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python3");
    let text = serde_json::to_string(&programs).expect("JSON");
    runner.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("python3 reads");
    let output = runner.wait_with_output().expect("python3 ends");
    let lines: Vec<Value> = String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), cases.len());
    let mut faults = Vec::new();
    for ((case, given), line) in cases.iter().zip(ARRAYS).zip(lines) {
        let fault = match line {
            Value::String(error) => Some(format!("{error}\n{}", case.code)),
            line => case.fault(&serde_json::from_value::<Vec<Vec<f64>>>(line).expect("numbers"), 1e-10),
        };
        faults.extend(fault.map(|fault| format!("{given:?}: {fault}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn answer(case: &[&str]) -> std::sync::Arc<Answer> {
    let mut session = Session::new(Settings { view: gradcalc::views::named("value").expect("a view"), ..Settings::default() });
    for (name, value) in case[1..].iter().take_while(|text| !text.starts_with("--")).filter_map(|text| text.split_once('=')) {
        session.bind(name, value).expect("a value");
    }
    let mut answers = Vec::new();
    let source = Source { name: "<text>".into(), line: 1 };
    let ran = session.run(case[0], &source, true, &mut |outcome| answers.push(outcome));
    ran.unwrap_or_else(|fault| panic!("{case:?}: {}", fault.message));
    answers.pop().expect("an answer").unwrap_or_else(|fault| panic!("{case:?}: {}", fault.message))
}

#[test]
fn every_gate_of_arrays_is_in_a_case() {
    let mut used: HashSet<Gate> = HashSet::new();
    for case in ARRAYS {
        let answer = answer(case);
        used.extend(answer.program.ids().take(answer.forward).map(|id| answer.program.gate(id)));
    }
    let is_used = |row: &Row| match row.kernel {
        // In a program these are numbers as written: they follow from a shape alone, or have been drawn.
        Kernel::Size(_) | Kernel::Draw(_) => ARRAYS.iter().any(|case| case[0].contains(&format!("{}(", row.name))),
        _ => used.contains(&row.gate),
    };
    let wanted = TABLE.iter().filter(|row| row.callable() && !row.gate.is_elementwise());
    let missing: Vec<_> = wanted.filter(|row| !is_used(row)).map(|row| row.gate).collect();
    assert!(missing.is_empty(), "no case uses {missing:?}");
}

#[test]
fn every_gate_is_in_a_case() {
    let mut used = HashSet::new();
    for case in CASES {
        let answer: Value = serde_json::from_str(&gradcalc("json", case)).expect("JSON");
        used.extend(answer["stages"].as_array().expect("stages").iter().map(|stage| stage["gate"].as_str().expect("a gate").to_owned()));
    }
    for row in TABLE.iter().filter(|row| row.callable() && row.gate.is_elementwise()) {
        assert!(used.contains(row.name), "no case uses {}", row.name);
    }
}
