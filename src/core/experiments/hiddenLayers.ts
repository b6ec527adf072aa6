import type { Layer } from '../graph/layers';
import type { Network } from '../network';
import { scoresTensor } from './probabilities';

/** The layers in order without the one that makes the class scores, if the model is a classifier. */
export function hiddenLayers({ layers, classifier }: Network): readonly Layer[] {
  return classifier && layers.at(-1)?.shape[0] === classifier.classes ? layers.slice(0, -1) : layers;
}

/** The first and the last hidden layer, as figure 5 of Zeiler & Fergus compares them; one where there is only one. */
export function outerLayers(network: Network): readonly Layer[] {
  const hidden = hiddenLayers(network);
  return [...new Set([hidden.at(0), hidden.at(-1)])].filter((layer) => layer !== undefined);
}

/** Hidden layers that are spread evenly over the network, the first and the last among them; all where there are no more than `count`. */
export function spreadLayers(network: Network, count: number): readonly Layer[] {
  const hidden = hiddenLayers(network);
  if (hidden.length <= count) return hidden;
  return Array.from(
    { length: count },
    (_, i) => hidden[Math.round((i * (hidden.length - 1)) / (count - 1))]!,
  );
}

/** The layers that the class scores depend on; none where the model is no classifier. */
export function scoredLayers({ layers, classifier, producers }: Network): readonly Layer[] {
  if (!classifier) return [];
  const reached = new Set<string>();
  const open = [scoresTensor(classifier)];
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    if (reached.has(tensor)) continue;
    reached.add(tensor);
    open.push(...(producers.get(tensor)?.inputs ?? []));
  }
  return layers.filter(({ tensor }) => reached.has(tensor));
}
