import path from 'node:path';
import { losses, type LossName } from '../../core/experiments/features/losses';
import { poolings } from '../../core/experiments/features/pool';
import type {
  EvolutionHostContract,
  FeaturesHostContract,
  FoundUnit,
  TopHostContract,
} from '../../protocol/dataSetContract';
import { checkedIndex, checkedList, checkedText, malformed, recordOf } from '../checks';
import { checkedLayers } from '../experimentRequests';
import { hasExtension, imageExtensions, isModelName } from '../names';

/** What views about data sets send is untrusted: rebuilt, and without a way out of the folders of their panel. */

const mostMaps = 4096;

export function checkedMaps(params: unknown): TopHostContract['topMaps']['params'] {
  const { layer, maps } = recordOf(params);
  return {
    layer: checkedText(layer, 'a layer'),
    maps: checkedList(maps, mostMaps, 'maps').map((map) => checkedIndex(map, 'a map')),
  };
}

export function checkedComparison(params: unknown): EvolutionHostContract['compare']['params'] {
  const { layers, maps, seed } = recordOf(params);
  return {
    maps: checkedIndex(maps, 'a number of maps'),
    seed: checkedIndex(seed, 'a seed'),
    ...(layers === undefined ? {} : { layers: checkedLayers(layers) }),
  };
}

const mostNumbers = 10;
const mostFolds = 100;
const mostTest = 50;
const classifierNames = Object.keys(losses) as LossName[];

export function checkedRating(params: unknown): FeaturesHostContract['rate']['params'] {
  const { layers, pooling, classifiers, train, test, folds, seed } = recordOf(params);
  const known = poolings.find((name) => name === pooling);
  const counts = checkedList(train, mostNumbers, 'numbers of pictures').map((count) =>
    checkedIndex(count, 'a number of pictures'),
  );
  const learning = checkedList(classifiers, classifierNames.length, 'classifiers');
  const isNumbers = counts.length > 0 && !counts.includes(0);
  if (known === undefined || !isNumbers || learning.length === 0 || !learning.every(isClassifier)) throw malformed('settings'); // prettier-ignore
  return {
    pooling: known,
    classifiers: learning,
    train: counts,
    test: Math.max(1, Math.min(mostTest, checkedIndex(test, 'a number of pictures'))),
    folds: Math.max(1, Math.min(mostFolds, checkedIndex(folds, 'a number of folds'))),
    seed: checkedIndex(seed, 'a seed'),
    ...(layers === undefined ? {} : { layers: checkedLayers(layers) }),
  };
}

function isClassifier(name: unknown): name is LossName {
  return classifierNames.some((known) => known === name);
}

/** A unit, and the absolute path of its picture. */
export function checkedUnit(params: unknown, pictures: string): FoundUnit {
  const { layer, map, position, image } = recordOf(params);
  const [y, x] = checkedList(position, 2, 'a position').map((at) => checkedIndex(at, 'a position'));
  if (y === undefined || x === undefined) throw malformed('a position');
  return {
    layer: checkedText(layer, 'a layer'),
    map: checkedIndex(map, 'a map'),
    position: [y, x],
    image: checkedFileIn(pictures, image, (name) => hasExtension(name, imageExtensions)),
  };
}

/** The absolute path of a model in the folder of checkpoints. */
export function checkedCheckpoint(params: unknown, models: string): string {
  return checkedFileIn(models, recordOf(params).checkpoint, isModelName);
}

function checkedFileIn(folder: string, name: unknown, isKind: (path: string) => boolean): string {
  const file = path.resolve(folder, checkedText(name, 'a file'));
  const within = path.relative(folder, file);
  if (within === '' || within.startsWith('..') || path.isAbsolute(within) || !isKind(within)) throw malformed('a file'); // prettier-ignore
  return file;
}
