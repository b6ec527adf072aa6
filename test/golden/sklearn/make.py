"""Linear classifiers by scikit-learn on random features: `/usr/bin/python3 make.py` writes classifiers.json beside this file.

Run with Debian's python3-sklearn 1.2.1. The features are standardised by the training rows, as StandardScaler does.
"""

import json
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

CLASSES, FEATURES, TRAIN, TEST = 5, 12, 60, 40

random = np.random.default_rng(7)
centres = random.normal(0, 1, (CLASSES, FEATURES))
labels = np.arange(TRAIN + TEST) % CLASSES
features = (centres[labels] + random.normal(0, 1.5, (TRAIN + TEST, FEATURES))) * random.uniform(0.1, 30, FEATURES)
features[:, 3] = 2.5  # never changes
features = features.astype(np.float32)

scaler = StandardScaler().fit(features[:TRAIN].astype(np.float64))
standard = scaler.transform(features.astype(np.float64))
train, test = standard[:TRAIN], standard[TRAIN:]

fits = []
for c in (1e-3, 1e-1, 10):
    softmax = LogisticRegression(C=c, solver="newton-cg", tol=1e-9, max_iter=1000)
    svm = LinearSVC(C=c, loss="squared_hinge", dual=False, tol=1e-12, max_iter=100_000)
    for name, model in (("softmax", softmax), ("svm", svm)):
        model.fit(train, labels[:TRAIN])
        fits.append(
            {
                "classifier": name,
                "c": c,
                "scores": model.decision_function(test).round(7).tolist(),
                "predicted": model.predict(test).tolist(),
            }
        )

result = {
    "classes": CLASSES,
    "train": TRAIN,
    "features": features.tolist(),
    "labels": labels.tolist(),
    "fits": fits,
}
pathlib.Path(__file__).with_name("classifiers.json").write_text(json.dumps(result))
