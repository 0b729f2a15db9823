"""Train a model on the digits that scikit-learn ships, say how well it reads, and draw what it read.

    parity run train.py

writes digits.png beside this file: some digits that the model had not seen, every mistake among them, and which digit
it took for which.
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC

PICTURE = Path(__file__).with_name("digits.png")
ROWS, COLUMNS = 5, 8
RIGHT, WRONG = "#1b7837", "#c51b32"

Numbers = NDArray[np.int64]


def main() -> None:
    """Train, test, tell, draw."""
    images, labels = load_digits(return_X_y=True)
    seen, unseen, seen_labels, truth = train_test_split(images, labels, test_size=0.4, random_state=7, stratify=labels)
    model = make_pipeline(MinMaxScaler(), SVC(C=5, gamma=0.02)).fit(seen, seen_labels)
    read = model.predict(unseen)
    wrong = int((read != truth).sum())
    print(f"trained on {len(seen)} digits, tested on {len(unseen)} others")
    print(f"accuracy: {accuracy_score(truth, read):.2%} ({wrong} wrong)")
    draw(unseen, truth, read).savefig(PICTURE, dpi=150)
    print(f"picture: {PICTURE}")


def draw(images: NDArray[np.float64], truth: Numbers, read: Numbers) -> Figure:
    """Return a figure of digits with what was read, mistakes first, beside the table of confusions."""
    figure = Figure(figsize=(12, 5.8), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1.25, 1))
    wrong = int((read != truth).sum())
    left.suptitle(f"{len(truth)} digits never seen before, {wrong} of them misread", fontsize=13)
    order = np.argsort(read == truth, kind="stable")
    for axes, number in zip(left.subplots(ROWS, COLUMNS).flat, order, strict=False):
        draw_digit(axes, images[number], int(truth[number]), int(read[number]))
    right.suptitle(f"which digit was taken for which: {accuracy_score(truth, read):.2%} right", fontsize=13)
    draw_confusions(right.subplots(), confusion_matrix(truth, read))
    return figure


def draw_digit(axes: Axes, image: NDArray[np.float64], truth: int, read: int) -> None:
    """Draw one digit, titled with what the model took it for."""
    axes.imshow(image.reshape(8, 8), cmap="gray_r", interpolation="nearest")
    axes.set(xticks=(), yticks=())
    right = truth == read
    axes.set_title(str(read) if right else f"{read}, is {truth}", fontsize=11, color=RIGHT if right else WRONG)
    for spine in axes.spines.values():
        spine.set(color=RIGHT if right else WRONG, linewidth=1 if right else 2.5)


def draw_confusions(axes: Axes, counts: Numbers) -> None:
    """Draw how often each digit was taken for each; mistakes are coloured by how many they are."""
    mistakes = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    axes.imshow(mistakes, cmap="Reds", vmin=0, vmax=max(6, mistakes.max()))
    for row, column in np.ndindex(*counts.shape):
        count = counts[row, column]
        if row == column:
            axes.add_patch(_square(row))
        if count:
            axes.text(column, row, str(count), ha="center", va="center", fontsize=10)
    axes.set(xlabel="read as", ylabel="is", xticks=range(len(counts)), yticks=range(len(counts)))


def _square(place: int) -> Rectangle:
    return Rectangle((place - 0.5, place - 0.5), 1, 1, facecolor="#d9f0d3", edgecolor="white")


if __name__ == "__main__":
    main()
