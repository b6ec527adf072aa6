/** Words of the panel that asks what features are worth. */
export const strings = {
  title: 'What are these features worth?',
  facts: (model: string, folder: string, runtime: string | null) =>
    `${model} over ${folder}${runtime === null ? '' : ` · ${runtime}`}`,
  hint: 'A linear classifier learns the classes, one a folder, from the features of each layer, and is judged by other pictures: mean of the accuracy of each class, over folds. C is chosen by cross-validation inside the pictures learnt from.',
  settings: {
    group: 'What is rated',
    pooling: 'Features',
    poolings: { mean: 'mean of each map', max: 'maximum of each map', full: 'all activations' },
    train: 'Pictures of a class',
    trainHint: 'How many pictures of each class are learnt from: 1, 5, 30. Enter takes them.',
    badTrain: 'Numbers of pictures are like 1, 5, 30: at most ten, each above 0.',
    classifiers: 'Classifiers',
    choices: { both: 'softmax and linear SVM', softmax: 'softmax', svm: 'linear SVM' },
    test: 'Judged by, at most',
    testLabel: 'Other pictures of each class to judge by, at most',
    folds: 'Folds',
    seed: 'Seed',
    seedLabel: 'Seed of which pictures are drawn: a whole number; Enter takes it over',
    badSeed: 'A seed is a whole number from 0.',
    again: 'Rate again',
    againHint: 'Look for new pictures and classes in the folder',
  },
  extracting: 'extracting features',
  learning: 'learning classes',
  plan: (classes: number, images: number, layers: string) =>
    `${classes} classes, ${images.toLocaleString('en')} pictures. Features: ${layers}.`,
  layer: (label: string, features: number) => `${label} ${features.toLocaleString('en')}`,
  table: {
    caption: 'Mean accuracy of classes ± standard deviation over folds, percent',
    head: ['layer', 'classifier', 'pictures of a class', 'accuracy, %'],
  },
  paper: {
    caption: 'The paper: Caltech-101, 30 pictures of each class, percent',
    head: ['features', 'SVM', 'softmax'],
  },
  confused: { caption: 'Most often confused', head: ['class', 'taken for', 'times'] },
  confusion: (layer: string, classifier: string, train: number) =>
    `Confusion: ${layer}, ${classifier}, ${train} pictures of each class`,
  report: {
    title: (model: string) => `What the features of ${model} are worth`,
    model: 'Model',
    hash: 'SHA-256 of the model',
    folder: 'Folder of classes',
    pooling: 'Features',
    classifiers: 'Classifiers',
    train: 'Pictures of each class to learn from',
    test: 'Others to judge by, at most',
    folds: 'Folds',
    seed: 'Seed',
  },
};
