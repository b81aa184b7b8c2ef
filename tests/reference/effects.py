"""Marginal effects with standard errors by statsmodels, written to effects.csv next to this file.

    pip install statsmodels==0.15.0
    python effects.py

The data are those of Spector and Mazzeo (1980), as statsmodels has them. What it prints are the fitted parameters and
their covariances, which stand in the tests (for the logit in examples/grades-cov.csv).
"""

import pathlib

import statsmodels.api as sm

data = sm.datasets.spector.load_pandas().data
data.columns = ["gpa", "tuce", "psi", "grade"]
design = sm.add_constant(data[["gpa", "tuce", "psi"]])
design.columns = ["b0", "b1", "b2", "b3"]
lines = [
    "# statsmodels 0.15.0: Logit and Probit of grade on gpa, tuce and psi, get_margeff(at, method, dummy)",
    "model,at,method,input,effect,se,z,p,low,high",
]
COMBINATIONS = [
    ("overall", "dydx", False),
    ("mean", "dydx", False),
    ("overall", "eyex", False),
    ("mean", "eyex", False),
    ("overall", "eydx", False),
]
for name, model in [("logit", sm.Logit), ("probit", sm.Probit)]:
    fitted = model(data.grade, design).fit(disp=0, method="newton", tol=1e-15, maxiter=200)
    print(name, " ".join(f"{key}={value!r}" for key, value in fitted.params.items()))
    print(fitted.cov_params().to_csv())
    for at, method, dummy in COMBINATIONS + ([("overall", "dydx", True)] if name == "logit" else []):
        effects = fitted.get_margeff(at=at, method=method, dummy=dummy)
        columns = [effects.margeff, effects.margeff_se, effects.tvalues, effects.pvalues, *effects.conf_int().T]
        for which, numbers in zip(["gpa", "tuce", "psi"], zip(*columns)):
            method_name = f"{method}-dummy" if dummy else method
            lines.append(",".join([name, at, method_name, which, *(f"{number:.14e}" for number in numbers)]))
pathlib.Path(__file__).with_suffix(".csv").write_text("\n".join(lines) + "\n")
