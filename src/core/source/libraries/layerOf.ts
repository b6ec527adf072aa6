import { flaxLayers, nnxLayers } from './flax';
import { kerasLayers, tfjsLayers } from './keras';
import type { LayerSpec } from './layerSpec';
import { torchFunctions, torchModules } from './torch';

/**
 * The layer that a dotted name of a library means: `torch.nn.Conv2d`, `tensorflow.keras.layers.Conv2D`. Names that were imported
 * from elsewhere, or from nowhere as in a notebook's cell, are known by their last segment where that says enough.
 */
export function layerSpecOf(name: string, language: 'python' | 'javascript'): LayerSpec | undefined {
  const segments = name.split('.');
  const last = segments.at(-1) ?? '';
  const qualifier = segments.at(-2) ?? '';
  if (language === 'javascript') {
    // `tf.conv2d` is an operation on tensors, `tf.layers.conv2d` makes a layer.
    return qualifier === 'layers' ? own(tfjsLayers, last) : undefined;
  }
  const root = segments[0] ?? '';
  if (root === 'flax') return own(segments.includes('nnx') ? nnxLayers : flaxLayers, last);
  if (root === 'tensorflow' || root === 'keras' || qualifier === 'layers') return own(kerasLayers, last);
  // Functions have common names: `relu` alone says nothing.
  const functions = qualifier === 'functional' || qualifier === 'F' || name === `torch.${last}`;
  if (functions) return own(torchFunctions, last);
  return own(torchModules, last) ?? own(kerasLayers, last);
}

/** Names come from untrusted text: `constructor` is no layer. */
function own(table: Readonly<Record<string, LayerSpec>>, name: string): LayerSpec | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
