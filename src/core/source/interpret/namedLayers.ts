import type { BuiltLayer } from '../libraries/layerSpec';
import { layerPath } from '../layerPaths';
import type { TensorValue } from '../tensorValue';
import { isKind, type ClassValue, type ObjectValue, type Value } from './values';

/**
 * All layers in a module, with the first path of attributes that leads to each: `layer1.0.conv2`. Weights that it holds itself have
 * the path of the layer that is made of them: `stem` for `stem.weight`.
 */
export function namedLayers(top: ObjectValue): Map<ObjectValue | TensorValue, string> {
  const paths = new Map<ObjectValue | TensorValue, string>();
  const seen = new Set<ObjectValue>([top]);
  const walk = (object: ObjectValue, path: readonly string[]): void => {
    for (const [name, child] of childrenOf(object)) {
      const inner = [...path, name];
      if (isKind(child, 'tensor') && !paths.has(child)) paths.set(child, layerPath(inner.join('.')) ?? '');
      if (!isKind(child, 'object') || seen.has(child)) continue;
      seen.add(child);
      if (child.layer) paths.set(child, pathOf(child.layer, inner));
      walk(child, inner);
    }
  };
  walk(top, []);
  return paths;
}

/** The attributes of a module. Flax numbers the modules in a list: `blocks_0`. */
function childrenOf({ type, attributes }: ObjectValue): (readonly [string, Value])[] {
  const numbers = isKind(type as Value, 'class') && isOfFlax(type as ClassValue);
  return [...attributes].flatMap(([name, child]) =>
    numbers && isKind(child, 'list')
      ? child.items.map((item, i) => [`${name}_${i}`, item] as const)
      : [[name, child] as const],
  );
}

function isOfFlax({ bases }: ClassValue): boolean {
  return bases.some((base) =>
    isKind(base, 'class') ? isOfFlax(base) : isKind(base, 'symbol') && base.name.startsWith('flax.linen'),
  );
}

/** The name that the code gives itself comes first. Only PyTorch names the children of a sequence by their place. */
function pathOf({ name, spec }: BuiltLayer, path: readonly string[]): string {
  if (name !== null) return name;
  return spec.library !== 'torch' && /^\d+$/.test(path.at(-1) ?? '') ? '' : path.join('.');
}
